# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What to do next: a pure function of the journal and of what the related applications say.

`advance` is level-triggered. It compares what the journal tells with what is, and returns what is
missing; called again after any crash, on any leader, it returns the same. One operation runs at a
time; the others wait in the order in which they were requested.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import stages
from answers import answers
from dataops.evidence import Phase
from dataops.interfaces.operations import Participant, Task
from dataops.operations import Scope
from endings import finish
from history import current, operations, queue
from journal import Kind, Record
from operation import Operation, Section, StepState
from plan import Step
from references import UnresolvableError
from seam import Ask, Facts, Measure, Note, Request, Wake, WriteReport
from selection import Selection, given_to, may_answer, parameters, select

# The canary's quiet phases take seconds; one that has seen nothing by then never will.
_QUIET_PHASE = datetime.timedelta(minutes=5)


def advance(journal: Sequence[Record], facts: Facts) -> tuple[Request, ...]:
    """What is to be done now, in order.

    Apply the notes and call again until none comes; then the requests are stable.
    """
    operation = current(journal)
    notes = (*_called_off(journal), *(_notes(operation, facts) if operation else ()))
    return notes or (
        *(Ask(p.application, _task(operation, p)) for p in facts.participants),
        _measure(operation),
        *_reports(journal),
        Wake(_wake(operation, facts.now)),
    )


def _called_off(journal: Sequence[Record]) -> Iterator[Note]:
    """The ends of operations that were called off while they waited for their turn."""
    for operation in queue(journal)[1:]:
        if operation.cancelled:
            yield finish(operation)


def _notes(operation: Operation, facts: Facts) -> Iterator[Note]:
    """What the journal does not know yet."""
    told = [note for state in operation.running for note in answers(operation, state, facts)]
    told += _limits(operation, facts)
    if told:
        yield from told
        return
    following = _following(operation, facts)
    if following is not None:
        yield following


def _following(operation: Operation, facts: Facts) -> Note | None:
    """The next record of an operation about which nothing new is known."""
    section = stages.section_now(operation)
    if section is not Section.GUARDS and operation.plan.canary is not None:
        measured = _measured(operation, section, facts)
        if measured is not None:
            return measured
        if _measures_quietly(operation):
            return None
    if section is None:
        return finish(operation)
    return _again(operation, facts) or _first(operation, section, facts)


def _again(operation: Operation, facts: Facts) -> Note | None:
    """The next attempt at a step that ended ill."""
    due = ((state, at) for state, at in stages.retries(operation) if at <= facts.now)
    begun = (_begin(operation, state.step, facts) for state, _ in due)
    return next((note for note in begun if note is not None), None)


def _first(operation: Operation, section: Section, facts: Facts) -> Note | None:
    """The beginning of a step that may begin, once nobody whom it needs is busy."""
    unapproved = stages.awaiting(operation)
    for step in stages.ready(operation, section):
        if step.name in unapproved:
            continue
        note = _begin(operation, step, facts)
        if note is not None:
            return note
    return None


def _begin(operation: Operation, step: Step, facts: Facts) -> Note | None:
    """The record of an attempt's beginning: who is asked, and until when; None: they are busy."""
    attempts = operation.attempts(step.name)
    done = {name for s in attempts for name in s.answers if not s.reasons_of(name)}
    selection = select(step, facts, done, given_to(step, operation))
    busy = {target.application for state in operation.running for target in state.targets}
    if busy & {target.application for target in selection.targets}:
        return None
    try:
        params = parameters(step, operation)
    except UnresolvableError as error:
        if step in operation.plan.finally_:
            # What should be put back was never done.
            body = {"step": step.name, "because": str(error)}
            return Note(Kind.SKIPPED, operation.number, body)
        params = {}
        selection = Selection(problems=(f"{step.name}: {error}",))
    tried = [state for state in operation.steps if state.step.name == step.name]
    body = {
        "step": step.name,
        "attempt": len(tried) + 1,
        "deadline": (facts.now + step.timeout).isoformat(),
        "params": params,
        "targets": [
            {
                "application": target.application,
                "scope": target.scope.value,
                "answers-from": list(target.answers_from),
            }
            for target in selection.targets
        ],
        "passed-over": list(selection.passed_over),
        "problems": list(selection.problems),
    }
    return Note(Kind.BEGAN, operation.number, body)


def _task(operation: Operation | None, participant: Participant) -> Task | None:
    """What an application is to do now; one that has answered in full does nothing."""
    for state in operation.running if operation else ():
        for target in state.targets:
            if target.application == participant.application and operation:
                return _task_of(operation, state, target.answers_from, target.scope)
    return None


def _task_of(
    operation: Operation, state: StepState, names: tuple[str, ...], scope: Scope
) -> Task | None:
    """The task, for those whose turn it is; None when all have answered or none may yet."""
    allowed = may_answer(state)
    turn = tuple(name for name in names if name in allowed)
    if not turn or all(name in state.answers for name in names):
        return None
    return state.task(operation.number, None if scope is Scope.LEADER else turn)


def _limits(operation: Operation, facts: Facts) -> list[Note]:
    """Whether the canary says that this must not go on."""
    canary = facts.canary
    after = operation.measurement(Phase.AFTER)
    over = after is not None and after.ended is not None
    if operation.stopped or over or operation.measurement(Phase.DURING) is None:
        return []
    if not _watches(operation, facts) or canary.phase is Phase.BEFORE:
        return []
    reasons = (*canary.breaches, *((canary.complaint,) if canary.complaint else ()))
    if not reasons:
        return []
    body = {"reasons": [f"The canary: {reason}" for reason in reasons]}
    return [Note(Kind.STOPPED, operation.number, body)]


def _measured(operation: Operation, section: Section | None, facts: Facts) -> Note | None:
    """The canary's next record, when it is due."""
    if stages.halted(operation) and operation.measurement(Phase.DURING) is None:
        return _end_of(operation, Phase.BEFORE, facts, at_once=True)
    before = operation.measurement(Phase.BEFORE)
    if before is None or before.ended is None:
        return _phase(operation, Phase.BEFORE, facts)
    if operation.measurement(Phase.DURING) is None:
        return Note(Kind.MEASURING, operation.number, {"phase": Phase.DURING.value})
    if section is not None:
        return None
    during = _end_of(operation, Phase.DURING, facts, at_once=True)
    after = operation.measurement(Phase.AFTER)
    if during is not None or (after is not None and after.ended is not None):
        return during
    return _phase(operation, Phase.AFTER, facts)


def _phase(operation: Operation, phase: Phase, facts: Facts) -> Note | None:
    """The beginning or the end of a quiet phase, when it is due."""
    if operation.measurement(phase) is None:
        return Note(Kind.MEASURING, operation.number, {"phase": phase.value})
    return _end_of(operation, phase, facts)


def _end_of(
    operation: Operation, phase: Phase, facts: Facts, at_once: bool = False
) -> Note | None:
    """The record of a phase's end, once enough was seen, or nothing can be."""
    measurement = operation.measurement(phase)
    if measurement is None or measurement.ended is not None:
        return None
    canary = facts.canary
    # What became of it in an earlier round is no news of this one.
    mine = _watches(operation, facts)
    problem = canary.complaint if mine else ""
    if not at_once and facts.now > measurement.began + _QUIET_PHASE:
        minutes = int(_QUIET_PHASE.total_seconds() // 60)
        problem = problem or f"it has seen too little within {minutes} minutes"
    if not (at_once or problem or (mine and canary.phase is phase and canary.settled)):
        return None
    seen = canary.evidence.model_dump(mode="json") if mine and canary.evidence else {}
    body: dict[str, Any] = {"phase": phase.value, "evidence": seen}
    if problem:
        body["problem"] = f"The canary, {phase.value}: {problem}"
    return Note(Kind.MEASURED, operation.number, body)


def _watches(operation: Operation, facts: Facts) -> bool:
    """Whether the canary is this round's."""
    return (facts.canary.operation, facts.canary.round) == (operation.number, operation.round)


def _measures_quietly(operation: Operation) -> bool:
    """Whether the canary's phase before or after is what everything waits for."""
    quiet = (operation.measurement(phase) for phase in (Phase.BEFORE, Phase.AFTER))
    return any(m is not None and m.ended is None for m in quiet)


def _measure(operation: Operation | None) -> Measure:
    """What the canary is to measure now."""
    limits = operation.plan.canary if operation else None
    if operation is None or limits is None:
        return Measure()
    mine = [m for m in operation.measurements if m.round == operation.round]
    if not mine or stages.section_now(operation) is Section.GUARDS:
        return Measure()
    return Measure(operation.number, mine[-1].phase, limits, operation.round)


def _reports(journal: Sequence[Record]) -> Iterator[WriteReport]:
    """The reports that have not been written, oldest first."""
    for operation in operations(journal):
        if operation.ending is not None and operation.report is None:
            yield WriteReport(operation.number)


def _wake(operation: Operation | None, now: datetime.datetime) -> datetime.datetime | None:
    """When time alone changes what is to be done."""
    if operation is None:
        return None
    moment = datetime.timedelta(milliseconds=1)
    deadlines = [state.deadline + moment for state in operation.running]
    # One that is due already waits for somebody who is busy.
    retries = [at for _, at in stages.retries(operation) if at > now]
    quiet = [
        m.began + _QUIET_PHASE + moment
        for m in operation.measurements
        if m.ended is None and m.phase is not Phase.DURING and m.round == operation.round
    ]
    return min((*deadlines, *retries, *quiet), default=None)
