# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives all of Spark's processes a new secret, and proves that the old one is refused."""

import dataclasses
import time

import rpc_secret
from dataops.operations import Context, OperationError
from dataops.rolling import Go, Hold
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
from plan import cluster_of
from turns import turn
from workload import Workload

_Context = Context[Observed, Workload, RotatePasswords]


@dataclasses.dataclass(frozen=True)
class Processes:
    """The change of the one secret."""

    observed: Observed
    workload: Workload

    @property
    def rotation(self) -> Rotation | None:
        """The last change."""
        return self.observed.agreement.change

    def agree(self, rotation: Rotation) -> None:
        """Every later hook reads it."""
        self.workload.agree(rotation)

    def waiting(self, rotation: Rotation) -> str:
        """The units that have not begun anew, else the proof."""
        if not rotation.began:
            return "a new secret is being made"
        o = self.observed
        found = rpc_secret.waiting(rotation, o.works_with, o.visitors, time.time())
        return found or "not every process is seen to refuse the old secret"

    def fingerprint(self, change: Change) -> str:
        """Of the secret of now."""
        return fingerprint(self.observed.secret)


def guard(context: _Context) -> Go | Hold:
    """Only while every job of the unit runs; nor has it ended before they do so again."""
    o = context.observed
    if o.agreement.changing:
        return Go(o.unit, "it has begun")
    return turn(context)


def run(context: _Context) -> PasswordsRotated:
    """Asks for the change, and looks how far it is: the charm itself makes it."""
    o = context.observed
    if cluster_of(o) is None:
        raise OperationError(f"There is nothing to change yet: juju status {o.application}")
    return proceed(context, Processes(o, context.workload))


VERB = rotating(
    "Gives all of Spark's processes a new secret, and takes the old one away.", run, guard
)
