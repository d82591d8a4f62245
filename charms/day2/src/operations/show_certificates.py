# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`show-certificates`: what the last `list-certificates` has found, in one table."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from typing import Any

import pydantic

from archive import Archive
from dataops.certificates import Entry, Inventory, table
from dataops.interfaces.operations import Status
from dataops.operations import Context, NoParams, OperationError, Result, Scope, Verb
from history import operations
from observed import Observed
from operation import Operation

logger = logging.getLogger(__name__)

_PLAN = "list-certificates"


class Certificates(Result):
    """Every certificate of the model.

    Attributes:
        asked: when the ports were, UTC.
        table: for people: the first to expire first.
        certificates: the same for programs.
        silent: who has not answered, and why.
    """

    summary: str
    asked: datetime.datetime
    table: str = ""
    certificates: tuple[Entry, ...] = ()
    silent: tuple[str, ...] = ()

    def action_results(self) -> dict[str, Any]:
        """The table as lines, after an empty one that aligns them."""
        shown = super().action_results()
        return {**shown, "table": f"\n{self.table}"}


def run(context: Context[Observed, Archive, NoParams]) -> Certificates:
    """The answers of the last operation of that name.

    Raises:
        OperationError: there was none.
    """
    o = context.observed
    found = [each for each in operations(o.journal) if each.plan.name == _PLAN]
    if not found:
        raise OperationError(f"Ask first: juju run {o.application}/leader {_PLAN}")
    operation = found[-1]
    entries = tuple(_entries(operation))
    silent = tuple(_silent(operation))
    missing = f"; no answer from {', '.join(silent)}" if silent else ""
    summary = Inventory.of(entries).summary + missing
    if context.task:
        # The journal has the answers themselves.
        summary += f": juju run {o.application}/leader show-certificates"
        return Certificates(summary=summary, asked=operation.requested, silent=silent)
    return Certificates(
        summary=summary,
        asked=operation.requested,
        table=table(entries),
        certificates=entries,
        silent=silent,
    )


def _entries(operation: Operation) -> Iterator[Entry]:
    for state in operation.steps:
        for name, answer in state.answers.items():
            if answer.status is not Status.COMPLETED or state.step.verb != _PLAN:
                continue
            try:
                yield from Inventory.model_validate(answer.results).certificates
            except pydantic.ValidationError:
                logger.warning("The certificates that %s lists cannot be read", name)


def _silent(operation: Operation) -> Iterator[str]:
    for state in operation.steps:
        if state.step.verb != _PLAN:
            continue
        for name in state.expected:
            answer = state.answers.get(name)
            if answer is None or answer.status is not Status.COMPLETED:
                yield f"{name} ({answer.message})" if answer and answer.message else name


VERB = Verb(
    name="show-certificates",
    description="Every certificate of the model in one table, as list-certificates has found it.",
    run=run,
    params=NoParams,
    result=Certificates,
    scope=Scope.LEADER,
)
