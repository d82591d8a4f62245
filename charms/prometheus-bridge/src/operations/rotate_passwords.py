# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Gives everybody who asks Prometheus a new password, and takes the old ones away."""

from __future__ import annotations

import dataclasses
import time

from accounts import Accounts, obstacles
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
class Visitors:
    """The change of all accounts."""

    accounts: Accounts
    workload: Workload

    @property
    def rotation(self) -> Rotation | None:
        """The last change."""
        return self.accounts.rotation

    def agree(self, rotation: Rotation) -> None:
        """Every later hook reads it."""
        self.workload.ledger.write(self.accounts.asking(rotation))

    def waiting(self, rotation: Rotation) -> str:
        """Who is waited for, and whose old password was not seen to be refused."""
        found = obstacles(self.accounts, self.workload.ledger.sights(), time.time())
        told = [f"{holder}: {why}" for holder, why in found.items()]
        told += [
            f"{rotation.changes[holder].old}: not every unit is seen to refuse it"
            for holder in rotation.unproved
        ]
        return ". ".join(told)

    def fingerprint(self, change: Change) -> str:
        """Of the new password."""
        return fingerprint(self.accounts.passwords.get(change.new, ""))


def run(context: Context[Observed, Workload, RotatePasswords]) -> PasswordsRotated:
    """Asks for the change, and looks how far it is: the charm itself makes it."""
    o, app = context.observed, context.observed.topology.application
    if o.awaits_accounts:
        raise OperationError(f"There is nothing to change yet: juju status {app} says why")
    if o.own_account is None:
        nothing = "There is nothing to change: nobody has to log in."
        if context.task:
            # One who has no passwords does not stop the change of everybody's.
            return PasswordsRotated(summary=nothing, credentials=())
        raise OperationError(
            f"{nothing} Have it so first: juju config {app} require-password=true"
        )
    return proceed(context, Visitors(o.accounts, context.workload))


VERB = rotating(
    "Gives everybody who asks Prometheus a new password, and takes the old ones away.", run
)
