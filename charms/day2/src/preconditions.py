# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What must hold before an operation begins, each against the model as it is. Pure.

What does not hold is a reason to refuse, with its remedy, before anything has changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pydantic

import schemas
import stages
from dataops.operations import AnyVerb, explain
from fit import fit
from history import operations, queue
from observed import KAFKA, Observed
from plan import Plan, Step
from references import Reference, filled
from selection import meant

# What day2 reads from; a verb of its own that is named here needs at least one of the two.
_READING = ("performance-report",)


@dataclasses.dataclass(frozen=True)
class Precondition:
    """One thing that must hold, whether it does, and what was seen or what to do about it."""

    name: str
    ok: bool
    detail: str


def refusals(
    plan: Plan,
    params: Mapping[str, Any],
    observed: Observed,
    plans: Mapping[str, Plan],
    verbs: Mapping[str, AnyVerb],
) -> tuple[str, ...]:
    """Every reason why the operation cannot start now; none when it can."""
    found = preconditions(plan, params, observed, plans, verbs)
    return tuple(each.detail for each in found if not each.ok)


def together(reasons: Iterable[str]) -> str:
    """Several reasons as one text in which each can be told from the next."""
    told = [reason if reason.endswith(".") else f"{reason};" for reason in reasons]
    return " ".join(told).removesuffix(";")


def preconditions(
    plan: Plan,
    params: Mapping[str, Any],
    observed: Observed,
    plans: Mapping[str, Plan],
    verbs: Mapping[str, AnyVerb],
) -> Iterator[Precondition]:
    """Everything that must hold, in the order in which it matters.

    Args:
        plan: what is to be run.
        params: as they are given.
        observed: the facts.
        plans: every known plan by name.
        verbs: what day2 does itself, by name.
    """
    yield from _of_this_unit(plan, observed)
    given = {**plan.defaults(), **params}
    objections = [f"{plan.name}: {o}" for o in schemas.objections(given, _schema(plan))]
    if not objections:
        objections = list(_of_own_verbs(plan, given, verbs))
    yield _judged("parameters", objections, "they are what the plan takes")
    yield from _of_units(plan, given, observed)
    for name in plan.guards:
        guard = plans[name]
        found = fit(guard, observed.everybody, observed.application, guard.defaults())
        told = [f"guard {name}: {finding.message}" for finding in found]
        yield _judged(f"guard {name}", told, "everybody whom it asks is there")
    yield from _of_the_steps(plan, given, observed)
    if plan.canary is not None:
        yield _of_the_canary(observed)
    if any(step.verb in _READING for step in plan.steps):
        yield _of_the_sources(observed)
    yield _health(observed)
    yield _queue(observed)


def _of_this_unit(plan: Plan, observed: Observed) -> Iterator[Precondition]:
    """What holds for every operation."""
    app = observed.application
    told = f"Operations start on the leader: juju run {app}/leader {plan.name}"
    yield Precondition(
        "leader", observed.leader, f"{observed.unit} leads" if observed.leader else told
    )
    there = observed.storage is not None and observed.own is not None
    told = "The storage data is not attached yet: wait until day2 has settled."
    yield Precondition("journal", there, "it can be written" if there else told)


def _schema(plan: Plan) -> dict[str, Any]:
    """What the operation takes."""
    return schemas.of_params(plan.params)


def _of_own_verbs(
    plan: Plan, given: Mapping[str, Any], verbs: Mapping[str, AnyVerb]
) -> Iterator[str]:
    """What a verb of day2 has against its parameters, where all of them are known."""

    def lookup(reference: Reference) -> Any:
        return given.get(reference.name)

    for step in plan.steps:
        verb = verbs.get(step.verb)
        if verb is None or step.applications != "self" or "${steps." in str(step.params):
            continue
        try:
            verb.params.model_validate(filled(step.params, lookup))
        except pydantic.ValidationError as error:
            yield explain(error)


def _of_units(plan: Plan, given: Mapping[str, Any], observed: Observed) -> Iterator[Precondition]:
    """Whether a parameter that names a unit names one that could do what it is named for.

    Whoever else is asked has nothing to do, and the operation would end well without any effect.
    """
    for name, schema in plan.params.items():
        if schema.get("format") != "unit" or name not in given:
            continue
        verbs = {s.verb for _, _, s in plan.every_step if f"${{params.{name}}}" in str(s.params)}
        able = [p for p in observed.everybody if any(p.verb(verb) for verb in verbs)]
        units = [unit for participant in able for unit in participant.units]
        there = ", ".join(units) or "none"
        reason = f"There is no unit {given[name]} that could do it; there are {there}."
        wrong = [] if given[name] in units else [reason]
        yield _judged(f"parameter {name}", wrong, f"{given[name]} is there")


def _of_the_steps(
    plan: Plan, given: Mapping[str, Any], observed: Observed
) -> Iterator[Precondition]:
    """Whether everybody who is to do something is there, and can."""
    found = fit(plan, observed.everybody, observed.application, given)
    for section, index, step in plan.every_step:
        told = [f"step {step.name}: {f.message}" for f in found if f.place[:2] == (section, index)]
        yield _judged(f"step {step.name}", told, _who(step, given, observed))


def _who(step: Step, given: Mapping[str, Any], observed: Observed) -> str:
    """Who is asked, as far as it is known now."""
    asked = meant(step, observed.everybody, observed.application, given)
    told = [
        f"{p.application} ({entry.scope.value}, {len(p.units)} units)"
        for p in asked
        if (entry := p.verb(step.verb))
    ]
    return f"{step.verb} on {', '.join(told)}"


def _of_the_canary(observed: Observed) -> Precondition:
    """Whether the canary can produce and consume."""
    if observed.canary is not None:
        return Precondition("canary", True, "Kafka has given it access")
    relate = f"juju integrate {observed.application}:{KAFKA} kafka"
    why = (
        "Kafka has not given it access yet: wait until kafka is active"
        if observed.kafka_related
        else f"it has no cluster to work with. Relate one: {relate}"
    )
    return Precondition("canary", False, f"The canary measures what clients see, and {why}.")


def _of_the_sources(observed: Observed) -> Precondition:
    """Whether there is anything to read from."""
    if observed.kafka is not None or observed.prometheus is not None:
        return Precondition("sources", True, "kafka or prometheus has given access")
    app = observed.application
    told = (
        "There is nothing to read from: neither kafka nor prometheus has given access. "
        f"Relate them, juju integrate {app}:kafka kafka and juju integrate {app}:prometheus "
        "prometheus, or wait until they are active."
    )
    return Precondition("sources", False, told)


def _health(observed: Observed) -> Precondition:
    """What the last health check has found; it refuses nothing, a guard would ask anew."""
    checks = [
        o
        for o in operations(observed.journal)
        if o.plan.name == "health-check" and o.finished is not None
    ]
    if not checks:
        return Precondition("last-health-check", True, "none yet")
    last = checks[-1]
    told = f"{last.title}, {last.finished:%Y-%m-%d %H:%M} UTC: {last.message}"
    return Precondition("last-health-check", True, told)


def _queue(observed: Observed) -> Precondition:
    """What it would wait for."""
    ahead = [f"{o.title} ({stages.state(o)})" for o in queue(observed.journal)]
    return Precondition("queue", True, f"waits for {', '.join(ahead)}" if ahead else "is empty")


def _judged(name: str, reasons: list[str], well: str) -> Precondition:
    """A precondition with all of its reasons, or with what is well."""
    return Precondition(name, not reasons, together(reasons) or well)
