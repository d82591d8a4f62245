# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives every client new credentials, and takes the old ones away once nobody misses them.

The key that seals backups changes with them; the old one stays to open older backups.
"""

import dataclasses

from admission import obstacles
from backup_keys import FIELD
from dataops.operations import Context, OperationError
from dataops.rotation import (
    Change,
    PasswordsRotated,
    RotatePasswords,
    Rotation,
    fingerprint,
    proceed,
    rotating,
)
from observed import Observed
from workload import Workload


@dataclasses.dataclass(frozen=True)
class Clients:
    """The change of all clients' credentials."""

    observed: Observed
    workload: Workload

    @property
    def rotation(self) -> Rotation | None:
        """The last change."""
        return self.observed.agreement.rotation

    def agree(self, rotation: Rotation) -> None:
        """Every later hook reads it."""
        self.workload.agree({"rotation": rotation.to_text()})

    def waiting(self, rotation: Rotation) -> str:
        """Clients, and why their old users stay."""
        found = obstacles(self.observed, rotation)
        return ". ".join(f"{client}: {why}" for client, why in found.items())

    def fingerprint(self, change: Change) -> str:
        """Of the new user's password."""
        return fingerprint(self.observed.passwords.get(change.new, ""))


def run(context: Context[Observed, Workload, RotatePasswords]) -> PasswordsRotated:
    """Asks for the change, and looks how far it is: the charm's own plan makes it."""
    o, rotation = context.observed, context.observed.agreement.rotation
    # What has begun only waits while a broker is lost: others lead in a moment, or it comes back.
    begins = rotation is None or (rotation.finished and rotation.task != context.task)
    if o.cluster is None and begins:
        raise OperationError(f"The cluster does not answer: see juju status {o.app}")
    keys = context.workload.backup_keys
    if not o.passwords and (keys.given or not keys.uri):
        raise OperationError(
            f"There is nothing to change: no client has credentials of {o.app} yet. "
            f"Relate one: juju integrate {o.app}:kafka-client data-access"
        )
    result = proceed(context, Clients(o, context.workload))
    if not keys.given:
        return result
    hint = (
        f"The backup key is a secret of yours and stays: to change it, put a new key and a space "
        f"before what its field `{FIELD}` holds."
    )
    return result.model_copy(update={"summary": f"{result.summary} {hint}"})


VERB = rotating("Gives every client new credentials, and takes the old ones away.", run)
