# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Gives up a restore that has not ended: every unit keeps, or takes up again, the data it had."""

from __future__ import annotations

import pydantic

from dataops.operations import Context, OperationError, Params, Result, Scope, Verb
from observed import Observed
from recovering import progress, undone
from workload import Workload

_WHY = "Given up by cancel-restore"


class CancelParams(Params):
    """How far to go."""

    undo: bool = pydantic.Field(
        default=False,
        description="Also where the restored data is in its place already, and its cluster starts "
        "or does not start: each unit puts back what it had.",
    )


class Cancelled(Result):
    """What becomes of it.

    Attributes:
        summary: one sentence for the report.
        backup: its id; None when there is nothing to give up.
    """

    summary: str
    backup: str | None = None


def run(context: Context[Observed, Workload, CancelParams]) -> Cancelled:
    """Writes down that it is given up; every unit follows at its next event."""
    o, recovery = context.observed, context.observed.agreement.recovery
    if recovery is None or recovery.over:
        return Cancelled(summary=f"No restore of {o.app} is under way.")
    if recovery.stage == "placing":
        context.workload.agree({"recovery": recovery.failed(_WHY, o.now).to_text()})
        what = f"{o.app} goes on with the data that it has."
    elif not context.params.undo:
        # Once the old data is aside, whoever ends an operation need not mean to have it back.
        raise OperationError(
            f"The restored data is in its place already: {progress(o)}. It goes on by itself. To "
            f"have back what was there before: juju run {o.app}/leader cancel-restore undo=true"
        )
    elif not recovery.before:
        raise OperationError(
            f"This restore was begun by an earlier version of {o.app}, which did not note what "
            f"was there before: {progress(o)}. It only goes on"
        )
    else:
        context.workload.agree(undone(o, _WHY))
        what = f"Every unit of {o.app} takes up again the data that it had."
    return Cancelled(
        summary=f"The restore of backup {recovery.backup} is given up. {what}",
        backup=recovery.backup,
    )


VERB = Verb(
    name="cancel-restore",
    description="Gives up a restore that has not ended; every unit has the data of before.",
    run=run,
    params=CancelParams,
    result=Cancelled,
    scope=Scope.LEADER,
)
