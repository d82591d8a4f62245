# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The work that day2 took off people's hands, as far as the journal proves it. Pure."""

from __future__ import annotations

from dataops.interfaces.operations import Status
from history import Operation, operations
from journal import Journal
from report.performance.facts import Toil


def toil(journal: Journal) -> tuple[Toil, ...]:
    """Runs, failures and time by kind of operation, ordered by name; nothing is estimated."""
    ended = [operation for operation in operations(journal) if operation.finished]
    names = sorted({operation.plan.name for operation in ended})
    return tuple(_toil(name, [o for o in ended if o.plan.name == name]) for name in names)


def _toil(name: str, runs: list[Operation]) -> Toil:
    """One kind of operation; what a run takes by hand is what its newest plan says."""
    return Toil(
        operation=name,
        runs=len(runs),
        failed=sum(run.ending is not Status.COMPLETED for run in runs),
        seconds=sum(
            (run.finished - run.requested).total_seconds() for run in runs if run.finished
        ),
        manual_minutes=runs[-1].plan.manual_minutes,
    )
