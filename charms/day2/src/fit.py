# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""In what a plan does not fit the applications as they are: every finding. Pure.

A plan that was right when it was written may no longer be; `lint.py` judges the plan alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import schemas
from dataops.interfaces.operations import Participant
from dataops.operations import Scope
from lint import Finding, close
from plan import Plan, Role, Step
from reading import Place
from references import Reference, UnresolvableError, filled, references
from selection import meant, the_one


def fit(
    plan: Plan,
    everybody: Sequence[Participant],
    own: str,
    params: Mapping[str, Any] | None = None,
) -> tuple[Finding, ...]:
    """Everything in which a plan does not fit the applications as they are.

    Args:
        plan: the plan, without fault in its structure.
        everybody: the related applications, and day2 itself.
        own: day2's name.
        params: the operation's, when they are known; else what refers to them may be anything.
    """
    given = plan.defaults() if params is None else params
    found: list[Finding] = []
    for section, index, step in plan.every_step:
        place: Place = (section, index)
        asked = meant(step, everybody, own, given)
        found += _nobody(place, step, everybody, asked, own, given)
        for participant in asked:
            found += _unfit(place, step, participant, plan, params)
    found += _results(plan, everybody, own, given)
    if plan.canary is None:
        found += _unwatched(plan, everybody, own)
    return tuple(dict.fromkeys(found))


def _nobody(
    place: Place,
    step: Step,
    everybody: Sequence[Participant],
    asked: Sequence[Participant],
    own: str,
    given: Mapping[str, Any],
) -> Iterator[Finding]:
    """Whether there is nobody to do a step."""
    name = the_one(step, given)
    if name and not any(p.verb(step.verb) for p in asked):
        role = step.applications.role if isinstance(step.applications, Role) else ""
        able = [p.application for p in everybody if p.role == role and p.verb(step.verb)]
        there = f"there {'are' if len(able) > 1 else 'is'} {', '.join(able) or 'none'}"
        message = f"{name} is no {role} that offers {step.verb}: {there}"
        yield Finding((*place, "applications"), message)
        return
    if step.optional and not isinstance(step.applications, tuple):
        return
    related = [p.application for p in everybody]
    if isinstance(step.applications, Role):
        roles = sorted({p.role for p in everybody} - {""})
        if not asked:
            there = f"the roles here are {', '.join(roles) or 'none'}"
            message = f"no application has the role {step.applications.role}: {there}"
            yield Finding((*place, "applications"), message)
            return
    if isinstance(step.applications, tuple):
        for name in step.applications:
            if name not in related:
                relate = f"juju integrate {own}:operations {name}:operations"
                message = f"{name} is not related{close(name, related)} Relate it: {relate}"
                yield Finding((*place, "applications"), message)
        return
    if not any(p.verb(step.verb) for p in asked):
        offered = sorted({entry.name for p in asked for entry in p.catalogue})
        here = f"they offer {', '.join(offered)}" if offered else "they offer nothing"
        who = ", ".join(p.application for p in asked) or "none"
        relate = f"Relate one: juju integrate {own}:operations kafka:operations"
        near = close(step.verb, offered)
        message = f"no application offers {step.verb} (related: {who}); {here}{near} {relate}"
        yield Finding((*place, "verb"), message)


def _unfit(
    place: Place,
    step: Step,
    participant: Participant,
    plan: Plan,
    params: Mapping[str, Any] | None,
) -> Iterator[Finding]:
    """Why an application cannot do a step as it is written."""
    entry = participant.verb(step.verb)
    if entry is None:
        if isinstance(step.applications, tuple):
            offered = [each.name for each in participant.catalogue]
            near = close(step.verb, offered)
            message = f"{participant.application} does not offer {step.verb}{near}"
            yield Finding((*place, "verb"), message)
        return
    if not participant.units:
        yield Finding((*place, "applications"), f"{participant.application} has no units")
    for problem in schemas.objections(_guess(step, plan, params), entry.params):
        yield Finding((*place, "params"), f"{participant.application} {step.verb}: {problem}")


def _guess(step: Step, plan: Plan, params: Mapping[str, Any] | None) -> dict[str, Any]:
    """The step's parameters as far as they are known; the rest may be anything."""

    def lookup(reference: Reference) -> Any:
        if reference.kind == "params" and params is not None:
            return params.get(reference.name)
        return schemas.ANYTHING

    try:
        return filled(step.params, lookup)
    except UnresolvableError:
        return step.params


def _results(
    plan: Plan, everybody: Sequence[Participant], own: str, given: Mapping[str, Any]
) -> Iterator[Finding]:
    """References to what the result of a step does not have, or to one of many results."""
    by_name = {step.name: step for _, _, step in plan.every_step}
    for section, index, step in plan.every_step:
        for reference in references(step.params):
            asked = by_name.get(reference.name) if reference.kind == "steps" else None
            if asked is None:
                continue
            place: Place = (section, index, "params")
            answering = meant(asked, everybody, own, given)
            offering = [(p, entry) for p in answering if (entry := p.verb(asked.verb))]
            several = [p for p, entry in offering if entry.scope is not Scope.LEADER]
            if len(offering) > 1 or any(len(p.units) > 1 for p in several):
                message = f"{asked.name} gives several answers, not one"
                yield Finding(place, f"{reference.text}: {message}")
            for participant, entry in offering:
                if not schemas.reaches(entry.result, reference.key):
                    known = ", ".join(schemas.keys(entry.result)) or "nothing"
                    message = f"{participant.application} {asked.verb} answers {known}"
                    yield Finding(place, f"{reference.text}: {message}")


def _unwatched(plan: Plan, everybody: Sequence[Participant], own: str) -> Iterator[Finding]:
    """Verbs that clients may feel, in a plan without a canary."""
    for section, index, step in plan.every_step:
        entries = [e for p in meant(step, everybody, own) if (e := p.verb(step.verb))]
        if any(entry.mutating for entry in entries):
            message = f"clients may feel {step.verb}: give the plan a canary with its limits"
            yield Finding((section, index, "verb"), message)
