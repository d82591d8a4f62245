# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The work that day2 took off people's hands, as far as the journal proves it. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from dataops.interfaces.operations import Status
from operation import Operation
from report.document import Toil, ToilLine


def toil(operations: Sequence[Operation], since: datetime.datetime | None) -> Toil:
    """Runs, failures and time by kind of operation, ordered by name; nothing is estimated.

    Args:
        operations: all that the journal holds.
        since: when its first record was written.
    """
    ended = [operation for operation in operations if operation.finished]
    names = sorted({operation.plan.name for operation in ended})
    lines = tuple(_line(name, [o for o in ended if o.plan.name == name]) for name in names)
    return Toil(since=since, lines=lines)


def _line(name: str, runs: list[Operation]) -> ToilLine:
    """One kind of operation; what a run takes by hand is what its own plan says."""
    stated = [run.plan.manual_minutes for run in runs if _replaced(run)]
    return ToilLine(
        operation=name,
        runs=len(runs),
        failed=sum(run.ending is not Status.COMPLETED for run in runs),
        seconds=sum(
            (run.finished - run.requested).total_seconds() for run in runs if run.finished
        ),
        manual_minutes=runs[-1].plan.manual_minutes,
        minutes_replaced=sum(minutes or 0.0 for minutes in stated),
    )


def _replaced(run: Operation) -> bool:
    """A run that failed left its work to people."""
    return run.ending is Status.COMPLETED and run.plan.manual_minutes is not None
