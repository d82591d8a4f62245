# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an operation would do, step by step, and whether it could begin now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dataops.operations import result_key
from plan import Plan, Role, Step, before, spelled
from preconditions import Precondition


def preview(
    plan: Plan,
    plans: Mapping[str, Plan],
    found: Iterable[Precondition],
) -> dict[str, Any]:
    """The results of an action with `dry-run=true`; nothing is journalled."""
    held = list(found)
    ready = all(each.ok for each in held)
    lines = list(_lines(plan, plans))
    return {
        "operation": plan.name,
        "ready": "true" if ready else "false",
        "steps": {f"{number:02}": line for number, line in enumerate(lines, start=1)},
        "preconditions": {
            result_key(each.name): f"{'ok' if each.ok else 'REFUSED'}: {each.detail}"
            for each in held
        },
    }


def _lines(plan: Plan, plans: Mapping[str, Plan]) -> Iterator[str]:
    """Everything that is done, in order."""
    for name in plan.guards:
        for step in plans[name].steps:
            yield f"guard {name}: {_said(plans[name].steps, step)}"
    if plan.canary is not None:
        yield f"canary: measures for {spelled(plan.canary.before)} before anything is changed"
    for step in plan.steps:
        yield f"step {step.name}: {_said(plan.steps, step)}"
    for step in plan.rollback:
        yield f"only to roll back, {step.name}: {_said(plan.rollback, step, chained=False)}"
    for step in plan.finally_:
        yield f"in any case, {step.name}: {_said(plan.finally_, step)}"
    if plan.canary is not None:
        yield f"canary: measures for {spelled(plan.canary.after)} after it"


def _said(steps: Sequence[Step], step: Step, *, chained: bool = True) -> str:
    """A step in a line."""
    waits = before(steps, step, chained=chained)
    parts = [f"{step.verb} on {_whom(step)}"]
    parts += [f"after {', '.join(waits)}"] if waits else []
    parts += [f"{step.parallel} at once"] if step.parallel else []
    parts += [f"within {spelled(step.timeout)}"]
    parts += [f"up to {step.retry.attempts} times"] if step.retry.attempts > 1 else []
    parts += ["once a person approves"] if step.approval else []
    parts += ["where there is such an application"] if step.optional else []
    failing = f"roll back with {step.rollback}" if step.rollback else step.on_failure
    return f"{', '.join(parts)}; when it fails: {failing}"


def _whom(step: Step) -> str:
    """Whom a step asks."""
    if isinstance(step.applications, Role):
        role, one = step.applications.role, step.applications.one
        return f"every {role}" if one is None else f"one {role} ({one or 'the first by name'})"
    return (
        step.applications if isinstance(step.applications, str) else ", ".join(step.applications)
    )
