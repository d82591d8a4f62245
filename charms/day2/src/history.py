# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the journal tells: each operation, folded from its records. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Sequence

from dataops.evidence import Phase
from dataops.interfaces.operations import Outcome, Status
from dataops.operations import Scope
from journal import Kind, Record
from operation import Measurement, Operation, Section, StepState, Target
from plan import Plan

__all__ = ["Operation", "StepState", "Target", "current", "operations", "queue"]


def operations(journal: Sequence[Record]) -> tuple[Operation, ...]:
    """Every operation of which the journal holds the request, oldest first."""
    found: dict[int, Operation] = {}
    for record in journal:
        known = found.get(record.operation)
        if record.kind is Kind.REQUESTED:
            found.setdefault(record.operation, _requested(record))
        elif known is not None and record.kind in _TOLD:
            found[record.operation] = _TOLD[record.kind](known, record)
    return tuple(found[number] for number in sorted(found))


def queue(journal: Sequence[Record]) -> tuple[Operation, ...]:
    """The operations that have not ended, in the order in which they run."""
    waiting = [operation for operation in operations(journal) if operation.ending is None]
    return tuple(sorted(waiting, key=lambda operation: operation.queued))


def current(journal: Sequence[Record]) -> Operation | None:
    """The operation that runs, or is next to run; one at a time, in the order of requests."""
    return next(iter(queue(journal)), None)


def _requested(record: Record) -> Operation:
    """A new operation."""
    plan = Plan.model_validate(record.body["plan"])
    return Operation(
        number=record.operation,
        plan=plan,
        params={**plan.defaults(), **record.body.get("params", {})},
        requested=record.at,
        requested_by=record.body.get("by", ""),
        guards=tuple(Plan.model_validate(guard) for guard in record.body.get("guards", ())),
        queued=record.number,
    )


def _began(operation: Operation, record: Record) -> Operation:
    """After a step's beginning."""
    body = record.body
    section, step = next(
        (section, step)
        for section, steps in operation.sections.items()
        for step in steps
        if step.name == body["step"]
    )
    targets = tuple(
        Target(t["application"], Scope(t["scope"]), tuple(t["answers-from"]))
        for t in body["targets"]
    )
    begun = StepState(
        step=step,
        began=record.at,
        deadline=datetime.datetime.fromisoformat(body["deadline"]),
        attempt=body.get("attempt", 1),
        targets=targets,
        passed_over=tuple(body.get("passed-over", ())),
        params=body.get("params", {}),
        problems=tuple(body.get("problems", ())),
        section=section,
        round=operation.round,
        ended=None if targets else record.at,
    )
    return dataclasses.replace(operation, steps=(*operation.steps, begun))


def _answered(operation: Operation, record: Record) -> Operation:
    """After one answer; it belongs to the attempt whose task it names."""
    outcome = Outcome.model_validate(record.body["outcome"])
    name = record.body["from"]

    def told(step: StepState) -> StepState:
        if step.task(operation.number, None).id != outcome.task:
            return step
        return dataclasses.replace(step, answers={**step.answers, name: outcome}, ended=record.at)

    return dataclasses.replace(operation, steps=tuple(told(step) for step in operation.steps))


def _skipped(operation: Operation, record: Record) -> Operation:
    """After a step turned out to be unnecessary."""
    because = record.body.get("because", "")
    skipped = {**operation.skipped, record.body["step"]: because}
    return dataclasses.replace(operation, skipped=skipped)


def _approved(operation: Operation, record: Record) -> Operation:
    """After a person let a step go on."""
    approvals = operation.approvals | {record.body["step"]}
    return dataclasses.replace(operation, approvals=approvals)


def _cancelled(operation: Operation, record: Record) -> Operation:
    """After a person called it off."""
    return dataclasses.replace(operation, cancelled=record.body.get("by") or "somebody")


def _stopped(operation: Operation, record: Record) -> Operation:
    """After a limit was passed."""
    reasons = tuple(record.body.get("reasons", ()))
    return dataclasses.replace(operation, stopped=(*operation.stopped, *reasons))


def _measuring(operation: Operation, record: Record) -> Operation:
    """After the canary began a phase."""
    phase = Phase(record.body["phase"])
    begun = Measurement(phase, record.at, round=operation.round)
    return dataclasses.replace(operation, measurements=(*operation.measurements, begun))


def _measured(operation: Operation, record: Record) -> Operation:
    """After the canary ended a phase."""
    phase = Phase(record.body["phase"])

    def told(measurement: Measurement) -> Measurement:
        if measurement.phase is not phase or measurement.round != operation.round:
            return measurement
        return dataclasses.replace(
            measurement,
            ended=record.at,
            evidence=record.body.get("evidence", {}),
            problem=record.body.get("problem", ""),
        )

    measurements = tuple(told(each) for each in operation.measurements)
    return dataclasses.replace(operation, measurements=measurements)


def _finished(operation: Operation, record: Record) -> Operation:
    """After its end."""
    return dataclasses.replace(
        operation,
        finished=record.at,
        ending=Status(record.body["status"]),
        message=record.body.get("message", ""),
    )


def _reported(operation: Operation, record: Record) -> Operation:
    """After its report was written."""
    return dataclasses.replace(operation, report=record.body)


def _resumed(operation: Operation, record: Record) -> Operation:
    """At the beginning of another round.

    What a rollback or a final step has undone must be done again: then every step counts from
    here. Else the steps that went well are kept.
    """
    undoing = (Section.ROLLBACK, Section.FINALLY)
    undone = any(s.section in undoing and s.round == operation.round for s in operation.steps)
    following = operation.round + 1
    return dataclasses.replace(
        operation,
        params={**operation.params, **record.body.get("params", {})},
        queued=record.number,
        skipped={},
        round=following,
        since=following if undone else operation.since,
        approvals=frozenset(),
        cancelled="",
        stopped=(),
        finished=None,
        ending=None,
        message="",
        report=None,
    )


_TOLD: dict[Kind | str, Callable[[Operation, Record], Operation]] = {
    Kind.BEGAN: _began,
    Kind.ANSWERED: _answered,
    Kind.SKIPPED: _skipped,
    Kind.APPROVED: _approved,
    Kind.CANCELLED: _cancelled,
    Kind.STOPPED: _stopped,
    Kind.MEASURING: _measuring,
    Kind.MEASURED: _measured,
    Kind.FINISHED: _finished,
    Kind.REPORTED: _reported,
    Kind.RESUMED: _resumed,
}
