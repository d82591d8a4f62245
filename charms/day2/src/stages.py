# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where an operation is, and which of its steps may begin. Pure.

The order: guards, the canary's quiet phase, steps, the rollback of what failed, the final steps,
the canary's phase after, the end. A step that ends ill halts the steps, unless its plan lets it go
on; what then follows only puts things back.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from dataops.evidence import Phase
from dataops.interfaces.operations import Status
from operation import Operation, Section, StepState
from plan import Step, before


def tried_enough(operation: Operation, state: StepState) -> bool:
    """Whether a step that is not well is not tried again in this round."""
    tries = [s for s in operation.attempts(state.step.name) if s.round == operation.round]
    return len(tries) >= state.step.retry.attempts


def failed(operation: Operation, section: Section) -> tuple[StepState, ...]:
    """The steps of a list that have ended ill for good, in this round."""
    lasts = (operation.last(step.name) for step in operation.sections[section])
    ill = [s for s in lasts if s and s.round == operation.round and not s.missing and not s.well]
    spent = [s for s in ill if tried_enough(operation, s)]
    ends = bool(operation.cancelled or operation.stopped) or any(_halts(s) for s in spent)
    # Nothing is tried again in vain; but what puts things back is tried as often as it may be.
    given_up = ends and section in (Section.GUARDS, Section.STEPS)
    return tuple(ill if given_up else spent)


def halted(operation: Operation) -> bool:
    """Whether no step begins any more, but for those that put things back."""
    quiet = operation.measurement(Phase.BEFORE)
    if operation.cancelled or operation.stopped or (quiet is not None and quiet.problem):
        return True
    ill = (*failed(operation, Section.GUARDS), *failed(operation, Section.STEPS))
    return any(_halts(state) for state in ill)


def retry_at(operation: Operation, state: StepState) -> datetime.datetime | None:
    """When a step that ended ill is tried again; None when it is not."""
    if state.missing or state.well or state.round != operation.round or state.ended is None:
        return None
    if state in failed(operation, state.section):
        return None
    return state.ended + state.step.retry.delay


def retries(operation: Operation) -> tuple[tuple[StepState, datetime.datetime], ...]:
    """The steps that are tried again, each with the time from which on."""
    newest = (operation.last(name) for name in dict.fromkeys(s.step.name for s in operation.steps))
    found = ((state, retry_at(operation, state)) for state in newest if state is not None)
    return tuple((state, at) for state, at in found if at is not None)


def over(operation: Operation, section: Section) -> bool:
    """Whether a list of steps has come to its end."""
    return all(_settled(operation, section, step) for step in wanted(operation, section))


def section_now(operation: Operation) -> Section | None:
    """The list whose steps are to run now; None when all of them are over."""
    return next((section for section in Section if not over(operation, section)), None)


def ready(operation: Operation, section: Section) -> tuple[Step, ...]:
    """The steps of a list that may begin now for the first time in this round, in order.

    Those that wait for a person's approval are among them: see `awaiting`.
    """
    steps = wanted(operation, section)
    return tuple(
        step
        for step in steps
        if _to_begin(operation, step)
        and not (section in (Section.GUARDS, Section.STEPS) and halted(operation))
        and all(_lets_go_on(operation, section, name) for name in _waits_for(steps, step, section))
    )


def awaiting(operation: Operation) -> tuple[str, ...]:
    """The steps that would begin now, were they approved."""
    if operation.ending is not None or section_now(operation) is not Section.STEPS:
        return ()
    if operation.plan.canary is not None and operation.measurement(Phase.DURING) is None:
        return ()
    steps = ready(operation, Section.STEPS)
    return tuple(s.name for s in steps if s.approval and s.name not in operation.approvals)


def wanted(operation: Operation, section: Section) -> tuple[Step, ...]:
    """The steps of a list that this operation needs, as it stands."""
    steps = operation.sections[section]
    if section is Section.FINALLY:
        return steps if _has_begun(operation) else ()
    if section is not Section.ROLLBACK:
        return steps
    named = {s.step.rollback for s in failed(operation, Section.STEPS) if s.step.rollback}
    while True:
        more = {s.name for s in steps if s.after and named & set(s.after)} - named
        if not more:
            return tuple(step for step in steps if step.name in named)
        named |= more


def progress(operation: Operation) -> str:
    """Where it is: `kafka 2/3` for the first application that has not answered in full."""
    for state in operation.running:
        for target in state.targets:
            done = sum(name in state.answers for name in target.answers_from)
            if done < len(target.answers_from):
                return f"{target.application} {done}/{len(target.answers_from)}"
    waiting = awaiting(operation)
    if waiting:
        return f"{waiting[0]} waits for approval"
    measuring = next((m for m in operation.measurements if m.ended is None), None)
    if measuring is not None and measuring.phase is not Phase.DURING:
        return f"measuring {measuring.phase.value}"
    again = retries(operation)
    if again:
        return f"{again[0][0].step.name} is tried again"
    return operation.steps[-1].step.name if operation.steps else "waiting"


def state(operation: Operation) -> str:
    """One word for people: waiting, running, awaiting-approval, completed, failed, cancelled."""
    if operation.ending is not None:
        ill = operation.ending is not Status.COMPLETED
        return "cancelled" if ill and operation.cancelled else operation.ending.value
    if awaiting(operation) and not operation.running:
        return "awaiting-approval"
    begun = operation.measurements or any(s.round == operation.round for s in operation.steps)
    return "running" if begun else "waiting"


def _halts(state: StepState) -> bool:
    """Whether a step that ended ill ends the operation."""
    return state.section is Section.GUARDS or state.step.on_failure != "continue"


def _has_begun(operation: Operation) -> bool:
    """Whether this round may have changed anything."""
    return any(s.section is Section.STEPS and s.round == operation.round for s in operation.steps)


def _to_begin(operation: Operation, step: Step) -> bool:
    """Whether a step has no attempt in this round, nor one of an earlier round that went well."""
    last = operation.last(step.name)
    if step.name in operation.skipped:
        return False
    return last is None or (last.round != operation.round and not last.well)


def _settled(operation: Operation, section: Section, step: Step) -> bool:
    """Whether nothing more will happen to a step."""
    if _to_begin(operation, step):
        stuck = halted(operation) if section in (Section.GUARDS, Section.STEPS) else False
        return stuck or _out_of_reach(operation, section, step)
    last = operation.last(step.name)
    return last is None or (not last.missing and retry_at(operation, last) is None)


def _out_of_reach(operation: Operation, section: Section, step: Step) -> bool:
    """Whether a step of the rollback waits for one that ended ill."""
    if section is not Section.ROLLBACK:
        return False
    steps = wanted(operation, section)
    for name in _waits_for(steps, step, section):
        waited = next(s for s in steps if s.name == name)
        if _to_begin(operation, waited):
            if _out_of_reach(operation, section, waited):
                return True
        elif _settled(operation, section, waited) and not _lets_go_on(operation, section, name):
            return True
    return False


def _waits_for(steps: Sequence[Step], step: Step, section: Section) -> tuple[str, ...]:
    """The names of what a step waits for, among those that are wanted."""
    names = {each.name for each in steps}
    chained = section is not Section.ROLLBACK
    return tuple(name for name in before(steps, step, chained=chained) if name in names)


def _lets_go_on(operation: Operation, section: Section, name: str) -> bool:
    """Whether the steps that wait for this one may begin."""
    if name in operation.skipped:
        return True
    last = operation.last(name)
    if last is None or last.missing or (last.round != operation.round and not last.well):
        return False
    if last.well:
        return True
    ended = last in failed(operation, section)
    return ended and (section is Section.FINALLY or last.step.on_failure == "continue")
