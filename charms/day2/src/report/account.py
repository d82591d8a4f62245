# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An account of one operation, as the journal tells it. Pure: equal journals, equal accounts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from dataops.evidence import Evidence
from dataops.interfaces.operations import Outcome, Status
from dataops.operations import HealthCheck
from endings import not_done
from operation import Measurement, Operation, StepState
from report.document import Answer, Check, Failure, OperationAccount, Span, StepAccount
from report.units import span

_ENDINGS = {"completed": "ended well", "cancelled": "was cancelled"}


def account(operation: Operation) -> OperationAccount:
    """What was asked, done and answered.

    Raises:
        ValueError: the operation has not ended; there is nothing to account for yet.
    """
    if operation.finished is None or operation.ending is None:
        raise ValueError(f"{operation.title} has not ended")
    return OperationAccount(
        number=operation.number,
        name=operation.plan.name,
        description=operation.plan.description,
        params=operation.params,
        requested=operation.requested,
        requested_by=operation.requested_by,
        finished=operation.finished,
        status=_status(operation),
        outcome=outcome(operation),
        manual_minutes=operation.plan.manual_minutes,
        not_done=not_done(operation),
        skipped=operation.skipped,
        resumed=operation.round - 1,
        timeline=tuple(_timeline(operation)),
        steps=tuple(_step(state) for state in operation.steps),
        failures=tuple(_failures(operation)),
        plan=operation.plan.model_dump(mode="json", by_alias=True, exclude_none=True),
    )


def evidence(operation: Operation) -> Evidence | None:
    """What the canary saw up to the end; None when none ran, or it saw nothing."""
    found = [m.evidence for m in operation.measurements if m.evidence]
    return Evidence.model_validate(dict(found[-1])) if found else None


def outcome(operation: Operation) -> str:
    """How it ended, in one sentence."""
    finished = operation.finished or operation.requested
    took = span((finished - operation.requested).total_seconds())
    ended = _ENDINGS.get(_status(operation), "did not end well")
    words = f"{operation.title} {ended} after {took}"
    return f"{words}: {operation.message}" if operation.message else f"{words}."


def _status(operation: Operation) -> str:
    """Completed, failed or cancelled."""
    if operation.cancelled:
        return "cancelled"
    return operation.ending.value if operation.ending else "running"


def _timeline(operation: Operation) -> Iterator[Span]:
    """Who worked when, the canary among them, in the order in which it began."""
    rows: list[tuple[datetime.datetime, list[Span]]] = [
        (state.began, list(_works(operation, state))) for state in operation.steps
    ]
    rows += [(m.began, [_measured(m)]) for m in operation.measurements]
    for _, spans in sorted(rows, key=lambda row: row[0]):
        yield from spans


def _works(operation: Operation, state: StepState) -> Iterator[Span]:
    """One attempt at a step; the clocks of other machines do not lead out of it."""
    for name in state.expected:
        answer = state.answers.get(name)
        yield Span(
            step=state.step.name,
            attempt=state.attempt,
            verb=state.step.verb,
            phase=state.section.value,
            who=name,
            began=_within(operation, state, answer.started if answer else None),
            ended=_ended(operation, state, answer),
            status=answer.status.value if answer else "unanswered",
        )


def _measured(measurement: Measurement) -> Span:
    """One phase of the canary."""
    return Span(
        step="canary",
        verb="measure",
        phase="canary",
        who=measurement.phase.value,
        began=measurement.began,
        ended=measurement.ended,
        status="failed" if measurement.problem else "measured",
    )


def _within(
    operation: Operation, state: StepState, at: datetime.datetime | None
) -> datetime.datetime:
    """The time, moved into the span of the step; its beginning when nobody said."""
    latest = state.ended or operation.finished or at
    if at is None or latest is None:
        return state.began
    return min(max(at, state.began), latest)


def _ended(
    operation: Operation, state: StepState, answer: Outcome | None
) -> datetime.datetime | None:
    """When it answered; None when it never did."""
    if answer is None:
        return None
    return _within(operation, state, answer.finished or state.ended)


def _step(state: StepState) -> StepAccount:
    """One attempt at a step."""
    return StepAccount(
        name=state.step.name,
        verb=state.step.verb,
        attempt=state.attempt,
        phase=state.section.value,
        began=state.began,
        deadline=state.deadline,
        params=state.params,
        passed_over=state.passed_over,
        problems=state.problems,
        answers=tuple(
            _answer(name, state.answers[name]) for name in state.expected if name in state.answers
        ),
    )


def _answer(name: str, outcome: Outcome) -> Answer:
    """One answer; the checks of a health check are told apart."""
    checks = HealthCheck.model_validate(outcome.results).checks
    results = {key: value for key, value in outcome.results.items() if key != "checks"}
    return Answer(
        who=name,
        status=outcome.status.value,
        message=outcome.message,
        results=results if checks else outcome.results,
        checks=tuple(Check.model_validate(check.model_dump()) for check in checks),
    )


def _failures(operation: Operation) -> Iterator[Failure]:
    """What went wrong and no later attempt mended, each with what to do."""
    if operation.cancelled:
        yield Failure(where="the operation", seen=f"Cancelled by {operation.cancelled}.")
    for reason in operation.stopped:
        yield Failure(where="a limit of the plan", seen=reason)
    for state in {s.step.name: s for s in operation.steps if s.round == operation.round}.values():
        yield from _failures_of(state)
    for measurement in operation.measurements:
        if measurement.problem and measurement.round == operation.round:
            where = f"the canary, {measurement.phase.value}"
            yield Failure(where=where, seen=measurement.problem)


def _failures_of(state: StepState) -> Iterator[Failure]:
    """What went wrong in one step."""
    step = f"step {state.step.name}"
    for problem in state.problems:
        yield Failure(where=step, seen=problem)
    for name in state.expected:
        answer = state.answers.get(name)
        if answer is None or not state.reasons_of(name):
            continue
        if answer.status is not Status.COMPLETED:
            yield Failure(where=f"{name}, {step}", seen=answer.message or "failed without a word")
            continue
        for check in HealthCheck.model_validate(answer.results).failed:
            where = f"{name}, {step}: {check.name}"
            yield Failure(where=where, seen=check.detail, next_move=check.next_move)
