# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`list-operations`: what was run, newest first."""

from __future__ import annotations

from typing import Any

from archive import Archive
from dataops.operations import Context, NoParams, Result, Scope, Verb
from history import Operation, operations
from observed import Observed


class Line(Result):
    """One operation."""

    operation: int
    name: str
    status: str
    requested: str
    message: str = ""


class Operations(Result):
    """The operations that the peers' journal holds, newest first."""

    operations: tuple[Line, ...] = ()

    def action_results(self) -> dict[str, Any]:
        """A table for people."""
        lines = [f"{'id':>4}  {'operation':<20} {'status':<10} {'requested (UTC)':<20} how it ended"]
        for line in self.operations:
            lines.append(
                f"{line.operation:>4}  {line.name:<20} {line.status:<10} {line.requested:<20} "
                f"{line.message}"
            )
        none = "none yet; begin with: juju run day2/leader health-check"
        return {"operations": "\n".join(lines) if self.operations else none}


def run(context: Context[Observed, Archive, NoParams]) -> Operations:
    """The operations of the journal, newest first."""
    found = reversed(operations(context.observed.journal))
    return Operations(operations=tuple(_line(operation) for operation in found))


def _line(operation: Operation) -> Line:
    """One operation in a line."""
    return Line(
        operation=operation.number,
        name=operation.plan.name,
        status=operation.ending.value if operation.ending else "running",
        requested=f"{operation.requested:%Y-%m-%d %H:%M:%S}",
        message=operation.message or operation.progress,
    )


VERB = Verb(
    name="list-operations",
    description="The operations that were run, newest first, each with its status.",
    run=run,
    params=NoParams,
    result=Operations,
    scope=Scope.UNIT,
)
