# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The answers that have come to an attempt, and the ones that never will. Pure."""

from __future__ import annotations

from dataops.interfaces.operations import Outcome, Status
from dataops.operations import Scope
from journal import Kind
from operation import Operation, Section, StepState, Target
from seam import Facts, Note
from selection import may_answer, never_asked


def answers(operation: Operation, state: StepState, facts: Facts) -> tuple[Note, ...]:
    """A note for each answer that the journal does not hold; the bad ones first.

    Bad ones first, so that whoever was not asked before the first failure is never asked.
    """
    found = [
        (name, outcome)
        for target in state.targets
        for name in target.answers_from
        if name not in state.answers
        for outcome in [_answer(operation, state, target, name, facts)]
        if outcome is not None
    ]
    found.sort(key=lambda each: each[1].status is Status.COMPLETED)
    return tuple(answered(operation.number, name, outcome) for name, outcome in found)


def answered(operation: int, name: str, outcome: Outcome) -> Note:
    """The note of one answer."""
    body = {"from": name, "outcome": outcome.model_dump(mode="json", exclude_none=True)}
    return Note(Kind.ANSWERED, operation, body)


def _answer(
    operation: Operation, state: StepState, target: Target, name: str, facts: Facts
) -> Outcome | None:
    """The answer of one unit or application; None while it may still come."""
    participant = facts.participant(target.application)
    task = state.task(operation.number, None).id
    given = participant.outcomes.get(name) if participant else None
    if given is not None and given.task == task and given.final:
        return given
    if participant is None:
        reason = _parted(target.application, facts.application)
    elif target.scope is not Scope.LEADER and name not in participant.units:
        reason = f"{name} left before it answered."
    else:
        reason = _called_off(operation, state) or _too_late(state, name, facts)
    if not reason:
        return None
    return Outcome(task=task, status=Status.FAILED, message=reason, finished=facts.now)


def _parted(application: str, own: str) -> str:
    """Why an application that is gone answers no more, and what it takes to go on with it."""
    relate = f"juju integrate {own}:operations {application}:operations"
    return (
        f"The relation with {application} ended before an answer came. "
        f"To go on with it, relate it again: {relate}"
    )


def _called_off(operation: Operation, state: StepState) -> str:
    """Why nobody waits for the answers to this attempt any more."""
    if state.section not in (Section.GUARDS, Section.STEPS):
        return ""
    if operation.cancelled:
        return "Called off before it answered."
    return f"Stopped before it answered. {operation.stopped[0]}" if operation.stopped else ""


def _too_late(state: StepState, name: str, facts: Facts) -> str:
    """Why one answer comes no more, though others may."""
    if name in never_asked(state):
        return "Not asked, because a unit before it failed."
    if facts.now <= state.deadline:
        return ""
    if name not in may_answer(state):
        return f"Its turn had not come by {state.deadline:%H:%M:%S} UTC."
    return f"No answer by {state.deadline:%H:%M:%S} UTC. See juju debug-log --include {name}"
