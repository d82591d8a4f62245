# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How an operation ended, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import stages
from dataops.interfaces.operations import Status
from journal import Kind
from operation import Operation, Section
from seam import Note


def finish(operation: Operation) -> Note:
    """The record of an operation's end."""
    status = Status.FAILED if operation.reasons else Status.COMPLETED
    body = {"status": status.value, "message": message(operation)}
    return Note(Kind.FINISHED, operation.number, body)


def message(operation: Operation) -> str:
    """How it ended, in a sentence or two."""
    if operation.reasons:
        return " ".join((_went_wrong(operation), *_put_back(operation), *_left_out(operation)))
    told = list(_summaries(operation))
    return " ".join(told) if told else _all_well(operation)


def _summaries(operation: Operation) -> Iterator[str]:
    """What each said last, of that which the operation is for."""
    # What is done in any case, such as clearing up, is no result.
    steps = [step for step in operation.steps if step.section is not Section.FINALLY]
    given = [(name, step.answers.get(name)) for step in steps for name in step.expected]
    told = [(name, answer.results.get("summary")) for name, answer in given if answer]
    lasts = {name: said for name, said in told if isinstance(said, str)}
    if len(lasts) == 1:
        yield from lasts.values()
        return
    for name, said in lasts.items():
        # Of several, each is a sentence that says whose it is.
        end = "." if said[-1:].isalnum() else ""
        yield f"{said}{end}" if said.startswith(name) else f"{name}: {said}{end}"


def not_done(operation: Operation) -> tuple[str, ...]:
    """The steps that were not done, or not well."""
    lasts = ((step.name, operation.last(step.name)) for step in operation.plan.steps)
    return tuple(name for name, last in lasts if last is None or not last.well)


def _went_wrong(operation: Operation) -> str:
    """What went wrong: how much of it, and the first reason."""
    first, *others = operation.reasons
    newest = {s.step.name: s for s in operation.steps if s.round == operation.round}
    if any(s.section is Section.GUARDS and not s.well for s in newest.values()):
        return f"Nothing was changed, because a guard objects. {first}{_more(others)}"
    failed = sum(not check.ok for check in operation.checks)
    if failed == len(operation.reasons):
        return f"{failed} of {len(operation.checks)} checks failed. {first}"
    return f"{first}{_more(others)}"


def _more(others: list[str]) -> str:
    """How many reasons there are beside the first."""
    return f" (and {len(others)} more)" if others else ""


def _put_back(operation: Operation) -> Iterator[str]:
    """What was done about it."""
    undone = [step.name for step in stages.wanted(operation, Section.ROLLBACK)]
    if not undone:
        return
    lasts = [operation.last(name) for name in undone]
    well = all(last is not None and last.well for last in lasts)
    yield f"Rolled back{'' if well else ', not well'}: {', '.join(undone)}."


def _left_out(operation: Operation) -> Iterator[str]:
    """Which steps never began, when others did."""
    names = [step.name for step in operation.plan.steps if operation.last(step.name) is None]
    if names and len(names) < len(operation.plan.steps):
        yield f"Not done: {', '.join(names)}."


def _all_well(operation: Operation) -> str:
    """What was seen when nothing went wrong."""
    applications = {t.application for step in operation.steps for t in step.targets}
    checks = f"{len(operation.checks)} checks, " if operation.checks else ""
    answers = f"{len(operation.answers)} answers of {len(applications)} applications, all well."
    unasked = sorted({name for step in operation.steps for name in step.passed_over})
    tail = f" Not asked, for want of the verb: {', '.join(unasked)}." if unasked else ""
    return f"{checks}{answers}{tail}"
