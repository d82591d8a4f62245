# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives everybody who stores here new keys; the old ones go once nobody misses them."""

from __future__ import annotations

import dataclasses

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
from vault import Vault


@dataclasses.dataclass(frozen=True)
class Owners:
    """The change of all keys."""

    observed: Observed
    vault: Vault

    @property
    def rotation(self) -> Rotation | None:
        """The last change."""
        return self.observed.keyring.rotation

    def agree(self, rotation: Rotation) -> None:
        """Every later hook reads it."""
        self.vault.ask(self.observed, rotation)

    def waiting(self, rotation: Rotation) -> str:
        """Who is waited for, and whose old keys were not seen to be refused."""
        o = self.observed
        told = [f"{who}: {why}" for who, why in o.keyring.obstacles(o.sights, o.now).items()]
        told += [
            f"{owner}: its old keys are not seen to be refused" for owner in rotation.unproved
        ]
        return ". ".join(told)

    def fingerprint(self, change: Change) -> str:
        """Of the new secret key."""
        keys = self.observed.keyring.keys.values()
        return next((fingerprint(key.secret) for key in keys if key.access == change.new), "")


def run(context: Context[Observed, Vault, RotatePasswords]) -> PasswordsRotated:
    """Asks for the change, and looks how far it is: the charm itself makes it."""
    o = context.observed
    if not o.keyring.keys:
        raise OperationError(f"There are no keys yet: juju status {o.application} says why")
    return proceed(context, Owners(o, context.workload))


VERB = rotating("Gives everybody who stores here new keys, and takes the old ones away.", run)
