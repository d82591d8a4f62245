# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What to do next: a pure function of the journal and of what the related applications say.

`advance` is level-triggered. It compares what the journal tells with what is, and returns what is
missing; called again after any crash, on any leader, it returns the same. One operation runs at a
time, one step after the other; the others wait in the order in which they were requested.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from dataops.interfaces.operations import Outcome, Participant, Status, Task
from dataops.operations import Scope
from history import Operation, StepState, Target, current
from journal import Kind, Record
from plan import Step


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is, as the leading unit of day2 sees it.

    Attributes:
        now: UTC.
        unit: this unit's name; it answers for day2 itself.
        verbs: what day2 offers itself, by name.
        participants: the related applications.
    """

    now: datetime.datetime
    unit: str
    verbs: tuple[str, ...] = ()
    participants: tuple[Participant, ...] = ()

    @property
    def application(self) -> str:
        """Our own name."""
        return self.unit.partition("/")[0]

    def participant(self, application: str) -> Participant | None:
        """The related application of that name."""
        return next((p for p in self.participants if p.application == application), None)


@dataclasses.dataclass(frozen=True)
class Note:
    """Append this to the journal."""

    kind: Kind
    operation: int
    body: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class RunHere:
    """Run a verb of day2 itself and note its answer."""

    task: Task


@dataclasses.dataclass(frozen=True)
class Ask:
    """See to it that this application's databag holds this task, or none."""

    application: str
    task: Task | None


Request = Note | RunHere | Ask


def advance(journal: Sequence[Record], facts: Facts) -> tuple[Request, ...]:
    """What is to be done now, in order.

    Apply the notes and call again until none comes; then the requests are stable.
    """
    operation = current(journal)
    notes = () if operation is None else _notes(operation, facts)
    if notes:
        return notes
    asked = _tasks(operation, facts) if operation is not None else {}
    return tuple(Ask(p.application, asked.get(p.application)) for p in facts.participants)


def answered(operation: int, name: str, outcome: Outcome) -> Note:
    """The note of one answer."""
    body = {"from": name, "outcome": outcome.model_dump(mode="json", exclude_none=True)}
    return Note(Kind.ANSWERED, operation, body)


def _notes(operation: Operation, facts: Facts) -> tuple[Request, ...]:
    """What the journal does not know yet."""
    step = operation.steps[-1] if operation.steps else None
    if step is None:
        return (_begin(operation, operation.plan.steps[0], facts),)
    if step.missing:
        return (*_answers(operation, step, facts), *_here(operation, step, facts))
    if step.reasons and step.step.on_failure == "stop":
        return (_finish(operation),)
    following = operation.plan.steps[len(operation.steps) :]
    return tuple(_begin(operation, step, facts) for step in following[:1]) or (_finish(operation),)


def _begin(operation: Operation, step: Step, facts: Facts) -> Note:
    """The record of a step's beginning: who is asked, and until when."""
    targets, passed_over = _select(step, facts)
    body = {
        "step": step.name,
        "attempt": 1,
        "deadline": (facts.now + step.timeout).isoformat(),
        "params": {**step.params, **operation.params},
        "targets": [
            {
                "application": target.application,
                "scope": target.scope.value,
                "answers-from": list(target.answers_from),
            }
            for target in targets
        ],
        "passed-over": list(passed_over),
    }
    return Note(Kind.BEGAN, operation.number, body)


def _select(step: Step, facts: Facts) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Who is asked, and which related applications are not because they offer no such verb."""
    targets: list[Target] = []
    passed_over: list[str] = []
    for participant in facts.participants:
        if not _selected(step, participant.application):
            continue
        entry = participant.verb(step.verb)
        if entry is None:
            passed_over.append(participant.application)
            continue
        leader = entry.scope is Scope.LEADER
        answers_from = (participant.application,) if leader else participant.units
        targets.append(Target(participant.application, entry.scope, answers_from))
    if step.verb in facts.verbs and _selected(step, facts.application, own=True):
        targets.append(Target(facts.application, Scope.LEADER, (facts.application,)))
    return tuple(targets), tuple(passed_over)


def _selected(step: Step, application: str, own: bool = False) -> bool:
    """Whether the step's selector takes this application."""
    if step.applications == "all":
        return True
    if step.applications == "self":
        return own
    return application in step.applications


def _answers(operation: Operation, step: StepState, facts: Facts) -> tuple[Note, ...]:
    """The answers that have come, and the ones that never will."""
    notes: list[Note] = []
    for target in step.targets:
        if target.application == facts.application:
            continue
        for name in target.answers_from:
            if name in step.answers:
                continue
            outcome = _answer(operation, step, target, name, facts)
            if outcome is not None:
                notes.append(answered(operation.number, name, outcome))
    return tuple(notes)


def _answer(
    operation: Operation, step: StepState, target: Target, name: str, facts: Facts
) -> Outcome | None:
    """The answer of one unit or application; None while it may still come."""
    participant = facts.participant(target.application)
    task = step.task(operation.number, None).id
    given = participant.outcomes.get(name) if participant else None
    if given is not None and given.task == task and given.final:
        return given
    if participant is None:
        reason = f"The relation with {target.application} ended before an answer came."
    elif target.scope is not Scope.LEADER and name not in participant.units:
        reason = f"{name} left before it answered."
    elif _failed_before(step, target, name):
        reason = "Not asked, because a unit before it failed."
    elif facts.now > step.deadline:
        reason = f"No answer by {step.deadline:%H:%M:%S} UTC. See juju debug-log --include {name}"
    else:
        return None
    return Outcome(task=task, status=Status.FAILED, message=reason, finished=facts.now)


def _failed_before(step: StepState, target: Target, name: str) -> bool:
    """Whether a rolling verb failed on a unit whose turn came first."""
    if target.scope is not Scope.ROLLING:
        return False
    earlier = target.answers_from[: target.answers_from.index(name)]
    outcomes = [step.answers[unit] for unit in earlier if unit in step.answers]
    return any(outcome.status is not Status.COMPLETED for outcome in outcomes)


def _here(operation: Operation, step: StepState, facts: Facts) -> tuple[Request, ...]:
    """Day2's own part, when it has one and has not done it."""
    mine = facts.application in step.missing
    return (RunHere(step.task(operation.number, None)),) if mine else ()


def _tasks(operation: Operation, facts: Facts) -> dict[str, Task]:
    """What each application is to do now; those that have answered in full do nothing."""
    if not operation.steps:
        return {}
    step = operation.steps[-1]
    tasks: dict[str, Task] = {}
    for target in step.targets:
        if all(name in step.answers for name in target.answers_from):
            continue
        tasks[target.application] = step.task(operation.number, _turn(step, target))
    tasks.pop(facts.application, None)
    return tasks


def _turn(step: StepState, target: Target) -> tuple[str, ...] | None:
    """The units that may run now: all at once, or for a rolling verb one more than have ended."""
    if target.scope is Scope.LEADER:
        return None
    if target.scope is not Scope.ROLLING:
        return target.answers_from
    ended = [name for name in target.answers_from if name in step.answers]
    waiting = [name for name in target.answers_from if name not in step.answers]
    return tuple(ended + waiting[:1])


def _finish(operation: Operation) -> Note:
    """The record of an operation's end."""
    status = Status.FAILED if operation.reasons else Status.COMPLETED
    body = {"status": status.value, "message": _message(operation)}
    return Note(Kind.FINISHED, operation.number, body)


def _message(operation: Operation) -> str:
    """How it ended, in a sentence or two."""
    if operation.reasons:
        return _went_wrong(operation)
    summaries = [answer.results.get("summary") for answer in operation.answers.values()]
    told = [summary for summary in summaries if isinstance(summary, str)]
    return " ".join(told) if told else _all_well(operation)


def _went_wrong(operation: Operation) -> str:
    """What went wrong: how much of it, and the first reason."""
    first, *others = operation.reasons
    failed = sum(not check.ok for check in operation.checks)
    if failed == len(operation.reasons):
        return f"{failed} of {len(operation.checks)} checks failed. {first}"
    return f"{first} (and {len(others)} more)" if others else first


def _all_well(operation: Operation) -> str:
    """What was seen when nothing went wrong."""
    applications = {t.application for step in operation.steps for t in step.targets}
    checks = f"{len(operation.checks)} checks, " if operation.checks else ""
    answers = f"{len(operation.answers)} answers of {len(applications)} applications, all well."
    unasked = sorted({name for step in operation.steps for name in step.passed_over})
    tail = f" Not asked, for want of the verb: {', '.join(unasked)}." if unasked else ""
    return f"{checks}{answers}{tail}"
