# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who a step asks, with which parameters, and whose turn it is. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from dataops.interfaces.operations import Participant, Status
from dataops.operations import Scope
from operation import Operation, StepState, Target
from plan import Role, Step
from references import Reference, UnresolvableError, filled, within
from seam import Facts


@dataclasses.dataclass(frozen=True)
class Selection:
    """Who is asked.

    Attributes:
        targets: the applications, each with those who must answer.
        passed_over: applications that do not offer the verb, where all were meant that do.
        problems: why somebody whom the step means cannot be asked.
    """

    targets: tuple[Target, ...] = ()
    passed_over: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def select(
    step: Step,
    facts: Facts,
    done: Collection[str] = (),
    given: Mapping[str, Any] | None = None,
) -> Selection:
    """Who a step asks now, but for those who are done already.

    Args:
        step: of the plan.
        facts: as they are.
        done: those who are.
        given: the operation's parameters, as `given_to` tells them.
    """
    asked = meant(step, facts.participants, facts.application, given)
    offering = tuple(p for p in asked if p.verb(step.verb))
    passed_over = tuple(p.application for p in asked if p not in offering)
    targets = tuple(target for p in offering for target in _target(step, p, done))
    problems = tuple(_problems(step, facts, offering, passed_over, given))
    if isinstance(step.applications, tuple):
        passed_over = ()
    return Selection(targets, passed_over, problems)


def parameters(step: Step, operation: Operation) -> dict[str, Any]:
    """The step's parameters with every reference filled in.

    Raises:
        UnresolvableError: a reference leads nowhere.
    """
    given = given_to(step, operation)

    def lookup(reference: Reference) -> Any:
        if reference.kind == "params":
            if reference.name not in given:
                raise UnresolvableError(f"{reference.text}: the operation was not given it")
            return given[reference.name]
        if _went_without(operation, reference):
            return None
        return within(_result(operation, reference), reference.key, reference)

    return filled(step.params, lookup)


def given_to(step: Step, operation: Operation) -> Mapping[str, Any]:
    """The parameters that a step's `${params.x}` mean; a guard has those of its own plan."""
    guard = next((g for g in operation.guards if step.name.startswith(f"{g.name}.")), None)
    return operation.params if guard is None else guard.defaults()


def may_answer(state: StepState) -> frozenset[str]:
    """Those who have answered, and those whose turn it is."""
    return frozenset(state.answers) | _turn(state, frozenset(state.answers))


def never_asked(state: StepState) -> frozenset[str]:
    """Those who are not asked any more, because somebody before them failed."""
    names = list(state.answers)
    first = next((n for n in names if state.answers[n].status is not Status.COMPLETED), None)
    if first is None:
        return frozenset()
    earlier = frozenset(names[: names.index(first)])
    left = frozenset(state.missing) - _turn(state, earlier)
    if state.step.on_failure != "continue":
        return left
    rolling = (t for t in state.targets if t.scope is Scope.ROLLING)
    ill = [t for t in rolling if any(_ill(state, name) for name in t.answers_from)]
    return left & {name for target in ill for name in target.answers_from}


def _turn(state: StepState, answered: frozenset[str]) -> frozenset[str]:
    """Whose turn it is once these have answered: of a rolling verb one unit at a time."""
    waiting: list[str] = []
    for target in state.targets:
        missing = [name for name in target.answers_from if name not in answered]
        waiting += missing[:1] if target.scope is Scope.ROLLING else missing
    return frozenset(waiting[: state.step.parallel])


def _ill(state: StepState, name: str) -> bool:
    """Whether somebody has answered that it failed."""
    answer = state.answers.get(name)
    return answer is not None and answer.status is not Status.COMPLETED


def meant(
    step: Step,
    everybody: Sequence[Participant],
    own: str,
    given: Mapping[str, Any] | None = None,
) -> tuple[Participant, ...]:
    """The applications that the step's selector takes, whether they offer the verb or not.

    Args:
        step: of the plan.
        everybody: the related applications, and day2 itself.
        own: day2's name.
        given: the operation's parameters, as far as they are known.
    """
    found = tuple(p for p in everybody if _means(step, p, own))
    if not isinstance(step.applications, Role) or step.applications.one is None:
        return found
    name = the_one(step, given)
    if name:
        return tuple(p for p in found if p.application == name)
    offering = sorted((p for p in found if p.verb(step.verb)), key=lambda p: p.application)
    return tuple(offering[:1]) or found


def the_one(step: Step, given: Mapping[str, Any] | None = None) -> str:
    """The name of the one application of a role that is asked; empty: any, or all of them."""
    if not isinstance(step.applications, Role) or step.applications.one is None:
        return ""
    known = given or {}
    return str(filled(step.applications.one, lambda r: known.get(r.name)) or "")


def _means(step: Step, participant: Participant, own: str) -> bool:
    """Whether the step's selector may take this application."""
    if step.applications == "all":
        return True
    if step.applications == "self":
        return participant.application == own
    if isinstance(step.applications, Role):
        return participant.role == step.applications.role
    return participant.application in step.applications


def _target(step: Step, participant: Participant, done: Collection[str]) -> Iterator[Target]:
    """The application, with those of it who are not done."""
    entry = participant.verb(step.verb)
    scope = entry.scope if entry else Scope.UNKNOWN
    units = (participant.application,) if scope is Scope.LEADER else participant.units
    asked = tuple(name for name in units if name not in done)
    if asked:
        yield Target(participant.application, scope, asked)


def _problems(
    step: Step,
    facts: Facts,
    offering: tuple[Participant, ...],
    passed_over: tuple[str, ...],
    given: Mapping[str, Any] | None,
) -> Iterator[str]:
    """Why somebody whom the step means cannot be asked."""
    if isinstance(step.applications, tuple):
        for name in step.applications:
            if facts.participant(name) is None:
                yield f"{name} is not related"
            elif name in passed_over:
                yield f"{name} does not offer {step.verb}"
    elif not offering and the_one(step, given):
        yield f"{the_one(step, given)} is none of {_called(step)} that offer {step.verb}"
    elif not offering and not step.optional:
        yield f"nobody among {_called(step)} offers {step.verb}"
    for participant in offering:
        if not participant.units:
            yield f"{participant.application} has no units"


def _called(step: Step) -> str:
    """The step's selector in words."""
    if isinstance(step.applications, Role):
        return f"the applications of the role {step.applications.role}"
    return "the related applications" if step.applications == "all" else "day2's own verbs"


def _went_without(operation: Operation, reference: Reference) -> bool:
    """Whether an optional step has given no result, and the operation goes on without it."""
    attempts = operation.attempts(reference.name)
    if not attempts or not all(state.step.optional for state in attempts):
        return False
    given = (answer.status for state in attempts for answer in state.answers.values())
    return not any(status is Status.COMPLETED for status in given)


def _result(operation: Operation, reference: Reference) -> dict[str, Any]:
    """The one result that a step has given."""
    attempts = operation.attempts(reference.name)
    given = {
        name: answer.results
        for attempt in attempts
        for name, answer in attempt.answers.items()
        if answer.status is Status.COMPLETED
    }
    if len(given) != 1:
        seen = "no answer" if not given else f"{len(given)} answers"
        raise UnresolvableError(f"{reference.text}: {reference.name} gave {seen}, not one")
    return next(iter(given.values()))
