# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`show-operation`: one operation in full: where it is, or how it ended and what to do."""

from __future__ import annotations

from typing import Any

import pydantic

import stages
from archive import Archive
from controls import find
from dataops.evidence import Evidence
from dataops.interfaces.operations import Outcome, Status
from dataops.operations import Context, HealthCheck, Params, Result, Scope, Verb
from dataops.operations import result_key as key
from observed import Observed
from operation import Operation, StepState


class Which(Params):
    """Which operation: its number; 0 is the newest."""

    id: int = 0


class Shown(Result):
    """One operation, with its steps and answers.

    Attributes:
        canary: what clients saw, in one line.
        evidence: the same in full, as JSON.
    """

    operation: int
    name: str
    status: str
    requested: str
    finished: str = ""
    progress: str = ""
    message: str = ""
    next_moves: tuple[str, ...] = ()
    steps: dict[str, dict[str, str]] = pydantic.Field(default_factory=dict)
    canary: str = ""
    evidence: str = ""
    report: str = ""

    def action_results(self) -> dict[str, Any]:
        """Mappings of text; the next moves a line each."""
        shown = super().action_results()
        shown["next-moves"] = "\n".join(self.next_moves)
        return {name: value for name, value in shown.items() if value}


def show(observed: Observed, operation: Operation) -> Shown:
    """The operation in full."""
    report = f"juju run {observed.application}/leader get-report id={operation.number}"
    seen = _seen(operation)
    return Shown(
        operation=operation.number,
        name=operation.plan.name,
        status=stages.state(operation),
        requested=f"{operation.requested:%Y-%m-%d %H:%M:%S} UTC",
        finished=f"{operation.finished:%Y-%m-%d %H:%M:%S} UTC" if operation.finished else "",
        progress="" if operation.ending else stages.progress(operation),
        message=operation.message,
        next_moves=operation.reasons,
        steps={step.step.name: _step(step) for step in operation.steps},
        canary=seen.line if seen else "",
        evidence=seen.model_dump_json() if seen else "",
        report=report if operation.ending else "",
    )


def _seen(operation: Operation) -> Evidence | None:
    """What the canary has seen; None when none ran, or it saw nothing."""
    found = [
        m.evidence for m in operation.measurements if m.evidence and m.round == operation.round
    ]
    return Evidence.model_validate(dict(found[-1])) if found else None


def _step(step: StepState) -> dict[str, str]:
    """Who answered what; who is still to answer."""
    told = {key(name): _answer(step.answers.get(name)) for name in step.expected}
    skipped = {key(name): f"does not offer {step.step.verb}" for name in step.passed_over}
    return {**told, **skipped}


def _answer(outcome: Outcome | None) -> str:
    """One answer in a line."""
    if outcome is None:
        return "no answer yet"
    if outcome.status is not Status.COMPLETED:
        return f"{outcome.status.value}: {outcome.message}"
    checks = HealthCheck.model_validate(outcome.results).checks
    if checks:
        well = [check for check in checks if check.ok]
        return f"{len(well)} of {len(checks)} checks well"
    return str(outcome.results.get("summary", "completed"))


def run(context: Context[Observed, Archive, Which]) -> Shown:
    """The asked operation."""
    return show(context.observed, find(context.observed, context.params.id))


VERB = Verb(
    name="show-operation",
    description="One operation in full: where it is, or how it ended and what to do next.",
    run=run,
    params=Which,
    result=Shown,
    scope=Scope.UNIT,
)
