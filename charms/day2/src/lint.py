# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a plan in itself, whatever model it runs in: every finding. Pure."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence

import schemas
from plan import Plan, RollBack, Step, before
from reading import Place
from references import Reference, references

RESERVED = "dry-run"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where in the plan, and what."""

    place: Place
    message: str


def structure(plan: Plan, plans: Mapping[str, Plan]) -> tuple[Finding, ...]:
    """Everything that is wrong with a plan whatever model it runs in.

    Args:
        plan: the plan.
        plans: every known plan by name, for the guards.
    """
    return (
        *_names(plan),
        *_orders(plan),
        *_rollbacks(plan),
        *_guards(plan, plans),
        *_parameters(plan),
        *_references(plan),
    )


def _names(plan: Plan) -> Iterator[Finding]:
    """Names that two steps share."""
    seen: set[str] = set()
    for section, index, step in plan.every_step:
        if step.name in seen:
            yield Finding((section, index, "name"), f"a second step {step.name}")
        seen.add(step.name)


def _orders(plan: Plan) -> Iterator[Finding]:
    """Steps that wait for what is not there, or for themselves."""
    for section, steps in plan.sections.items():
        names = [step.name for step in steps]
        for index, step in enumerate(steps):
            for name in step.after or ():
                if name not in names:
                    message = f"there is no step {name} in {section}{close(name, names)}"
                    yield Finding((section, index, "after"), message)
        for index, step in enumerate(steps):
            if step.name in ancestors(steps, step, section):
                cycle = f"{step.name} waits for itself, by way of {', '.join(step.after or ())}"
                yield Finding((section, index, "after"), cycle)


def _rollbacks(plan: Plan) -> Iterator[Finding]:
    """Rollbacks that are not there, are never used, or stand where nothing is rolled back."""
    names = [step.name for step in plan.rollback]
    used = {step.rollback for step in plan.steps}
    for section, index, step in plan.every_step:
        if isinstance(step.on_failure, RollBack):
            place: Place = (section, index, "on-failure")
            if section != "steps":
                yield Finding(
                    place, f"a step of {section} cannot be rolled back: stop or continue"
                )
            elif step.rollback not in names:
                there = f"the plan's rollback has {', '.join(names) or 'no steps'}"
                yield Finding(place, f"there is no rollback {step.rollback}: {there}")
        if step.approval and section != "steps":
            yield Finding((section, index, "approval"), f"nobody is asked about {section}")
        if section == "rollback" and step.name not in used and not step.after:
            yield Finding((section, index, "name"), f"no step is rolled back by {step.name}")


def _guards(plan: Plan, plans: Mapping[str, Plan]) -> Iterator[Finding]:
    """Guards that are not there, or do more than look."""
    for index, name in enumerate(plan.guards):
        place: Place = ("guards", index)
        guard = plans.get(name)
        if guard is None:
            yield Finding(place, f"there is no plan {name}{close(name, plans)}")
            continue
        if name == plan.name:
            yield Finding(place, "a plan cannot guard itself")
        wrong = {
            "guards of its own": guard.guards,
            "a canary": guard.canary is not None,
            "a rollback": guard.rollback,
            "final steps": guard.finally_,
            "a step that waits for approval": any(step.approval for step in guard.steps),
            "a parameter without default": set(guard.params) - set(guard.defaults()),
        }
        has = [what for what, there in wrong.items() if there]
        if has:
            yield Finding(place, f"{name} is no guard, for it has {', '.join(has)}")


def _parameters(plan: Plan) -> Iterator[Finding]:
    """Parameters whose schema is none, or whose default is not what the schema says."""
    for name, schema in plan.params.items():
        place: Place = ("params", name)
        if name == RESERVED:
            yield Finding(place, f"{RESERVED} is taken: every operation has it")
        for problem in schemas.flaws(schema):
            yield Finding(place, problem)
            break
        else:
            if schema.get("default") is not None:
                for problem in schemas.objections(schema["default"], schema):
                    yield Finding((*place, "default"), problem)


def _references(plan: Plan) -> Iterator[Finding]:
    """References that lead nowhere."""
    for section, index, step in plan.every_step:
        reachable = _reachable(plan, section, step)
        for reference in references(step.params):
            wrong = _misled(plan, reference, reachable)
            if wrong:
                yield Finding((section, index, "params"), f"{reference.text}: {wrong}")
        for reference in references(getattr(step.applications, "one", None)):
            wrong = "a selector knows params alone" if reference.kind == "steps" else ""
            wrong = wrong or _misled(plan, reference, reachable)
            if wrong:
                yield Finding((section, index, "applications"), f"{reference.text}: {wrong}")


def _misled(plan: Plan, reference: Reference, reachable: Collection[str]) -> str:
    """Why a reference leads nowhere; empty when it leads somewhere."""
    if not reference.kind:
        return "write ${params.NAME} or ${steps.NAME.KEY}"
    if reference.kind == "params":
        near = close(reference.name, plan.params)
        return "" if reference.name in plan.params else f"the plan declares no such param{near}"
    if reference.name in reachable:
        return ""
    if reference.name in {step.name for _, _, step in plan.every_step}:
        return f"{reference.name} need not have ended by then; name it in after"
    return f"there is no such step{close(reference.name, reachable)}"


def _reachable(plan: Plan, section: str, step: Step) -> set[str]:
    """The steps whose results a step may use."""
    mine = ancestors(plan.sections[section], step, section) - {step.name}
    return mine if section == "steps" else mine | {each.name for each in plan.steps}


def ancestors(steps: Sequence[Step], step: Step, section: str) -> set[str]:
    """The names of all the steps for which a step waits, directly or not."""
    by_name = {each.name: each for each in steps}
    found: set[str] = set()
    todo = [step]
    while todo:
        for name in before(steps, todo.pop(), chained=section != "rollback"):
            if name in by_name and name not in found:
                found.add(name)
                todo.append(by_name[name])
    return found


def close(name: str, known: Collection[str]) -> str:
    """What may have been meant."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else "."
