# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Why an operation is refused before anything has changed: every reason, each with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pydantic

from dataops.operations import AnyVerb, explain
from observed import OPERATIONS, Observed
from plan import Plan, Step


def refusals(
    plan: Plan,
    params: Mapping[str, Any],
    observed: Observed,
    verbs: Mapping[str, AnyVerb],
) -> tuple[str, ...]:
    """Every reason why the operation cannot start now; none when it can.

    Args:
        plan: what is to be run.
        params: of the action.
        observed: the facts.
        verbs: what day2 offers itself, by name.
    """
    reasons = [*_of_this_unit(plan, observed)]
    for step in plan.steps:
        reasons += _of_the_step(step, params, observed, verbs)
    return tuple(reasons)


def _of_this_unit(plan: Plan, observed: Observed) -> list[str]:
    """Reasons that hold for every operation."""
    reasons: list[str] = []
    if not observed.leader:
        app = observed.application
        reasons.append(f"Operations start on the leader: juju run {app}/leader {plan.name}")
    if observed.storage is None:
        reasons.append("The storage data is not attached yet: wait until day2 has settled.")
    return reasons


def _of_the_step(
    step: Step, params: Mapping[str, Any], observed: Observed, verbs: Mapping[str, AnyVerb]
) -> list[str]:
    """Reasons that lie in one step."""
    if step.applications == "self":
        return _of_own_verb(step, params, observed, verbs)
    offering = [p for p in observed.participants if p.verb(step.verb)]
    if offering:
        return []
    related = ", ".join(p.application for p in observed.participants) or "none"
    relate = f"juju integrate {observed.application}:{OPERATIONS} kafka:{OPERATIONS}"
    return [
        f"No related application offers {step.verb} (related: {related}). Relate one: {relate}"
    ]


def _of_own_verb(
    step: Step, params: Mapping[str, Any], observed: Observed, verbs: Mapping[str, AnyVerb]
) -> list[str]:
    """Reasons that lie in what day2 does itself."""
    reasons: list[str] = []
    try:
        verbs[step.verb].params.model_validate({**step.params, **params})
    except pydantic.ValidationError as error:
        reasons.append(explain(error))
    if observed.kafka is None and observed.prometheus is None:
        app = observed.application
        reasons.append(
            "There is nothing to read from: neither kafka nor prometheus has given access. "
            f"Relate them, juju integrate {app}:kafka kafka and juju integrate {app}:prometheus "
            "prometheus, or wait until they are active."
        )
    return reasons
