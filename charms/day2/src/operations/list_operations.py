# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`list-operations`: what was run, newest first."""

from __future__ import annotations

import itertools
from typing import Any

import stages
from archive import Archive
from dataops.interfaces.operations import utc_now
from dataops.operations import Context, NoParams, Result, Scope, Verb
from history import operations
from library import here
from observed import Observed
from operation import Operation
from schedule import next_time, passed_over

# The newest say why something is missing; the journal has them all.
_MOST_PASSED_OVER = 3


class Line(Result):
    """One operation."""

    operation: int
    name: str
    status: str
    requested: str
    message: str = ""


class Operations(Result):
    """The operations that the peers' journal holds, newest first.

    Attributes:
        operations: one line each.
        coming: what the schedule begins next.
        passed_over: what it did not begin, with the reason, newest first.
    """

    operations: tuple[Line, ...] = ()
    coming: str = ""
    passed_over: tuple[str, ...] = ()

    def action_results(self) -> dict[str, Any]:
        """A table for people."""
        head = _row("id", "operation", "status", "requested (UTC)", "how it ended")
        rows = [
            _row(str(each.operation), each.name, each.status, each.requested, each.message)
            for each in self.operations
        ]
        none = "none yet; begin with: juju run day2/leader health-check"
        shown = {"operations": "\n".join([head, *rows]) if rows else none}
        if self.coming:
            shown["next"] = self.coming
        if self.passed_over:
            shown["passed-over"] = "\n".join(self.passed_over)
        return shown


def _row(number: str, name: str, status: str, requested: str, message: str) -> str:
    """One line of the table."""
    return f"{number:>4}  {name:<20} {status:<17} {requested:<20} {message}".rstrip()


def run(context: Context[Observed, Archive, NoParams]) -> Operations:
    """The operations of the journal, newest first."""
    observed = context.observed
    found = reversed(operations(observed.journal))
    lines = tuple(_line(operation) for operation in found)
    skipped = tuple(itertools.islice(passed_over(observed.journal), _MOST_PASSED_OVER))
    return Operations(operations=lines, coming=_coming(observed), passed_over=skipped)


def _coming(observed: Observed) -> str:
    """What the schedule begins next."""
    if not observed.schedule:
        return ""
    schedule = here(observed.plans, observed.schedule).schedule
    following = next_time(schedule.entries, utc_now())
    return f"{following[1].plan} at {following[0]:%Y-%m-%d %H:%M} UTC" if following else ""


def _line(operation: Operation) -> Line:
    """One operation in a line."""
    return Line(
        operation=operation.number,
        name=operation.plan.name,
        status=stages.state(operation),
        requested=f"{operation.requested:%Y-%m-%d %H:%M:%S}",
        # What a verb of others says may have several lines; a row has one.
        message=" ".join((operation.message or stages.progress(operation)).split()),
    )


VERB = Verb(
    name="list-operations",
    description="The operations that were run, newest first, each with its status.",
    run=run,
    params=NoParams,
    result=Operations,
    scope=Scope.UNIT,
)
