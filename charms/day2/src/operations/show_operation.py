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
from report.promise import promise


class Which(Params):
    """Which operation: its number; 0 is the newest."""

    id: int = 0


class Shown(Result):
    """One operation, with its steps and answers.

    Attributes:
        canary: what clients saw, in one line.
        evidence: the same in full, as JSON.
        promise: whether clients waited no longer than the verbs had promised.
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
    promise: str = ""
    report: str = ""
    next_command: str = ""

    def action_results(self) -> dict[str, Any]:
        """Mappings of text; the next moves a line each."""
        shown = super().action_results()
        shown["next-moves"] = "\n".join(self.next_moves)
        return {name: value for name, value in shown.items() if value}


def show(observed: Observed, operation: Operation) -> Shown:
    """The operation in full."""
    live = {n: told for p in observed.everybody for n, told in p.outcomes.items()}
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
        steps=_steps(operation, live),
        next_command=_next_command(observed, operation),
        canary=seen.line if seen else "",
        evidence=seen.model_dump_json() if seen else "",
        promise=str(promise(operation, seen) or ""),
        report=report if operation.ending else "",
    )


def _seen(operation: Operation) -> Evidence | None:
    """What the canary has seen; None when none ran, or it saw nothing."""
    found = [
        m.evidence for m in operation.measurements if m.evidence and m.round == operation.round
    ]
    return Evidence.model_validate(dict(found[-1])) if found else None


def _steps(operation: Operation, live: dict[str, Outcome]) -> dict[str, dict[str, str]]:
    """Every step with who answered what; a later attempt tells only of those it asked again."""
    told: dict[str, dict[str, str]] = {}
    for state in operation.steps:
        told.setdefault(state.step.name, {}).update(_step(operation.number, state, live))
    for name, because in operation.skipped.items():
        told[name] = {"not-needed": because}
    begun = {state.step.name for state in operation.steps if state.round == operation.round}
    for step in operation.plan.steps:
        if step.name not in told and begun:
            told[step.name] = {"not-begun": step.verb}
    return told


def _step(number: int, state: StepState, live: dict[str, Outcome]) -> dict[str, str]:
    """Who answered what in one attempt; who is still to answer, and how far they are."""
    task = state.task(number, None).id
    told = {key(name): _answer(state.answers.get(name)) for name in state.expected}
    for name in state.missing:
        now = live.get(name, Outcome())
        if now.task == task and now.message:
            told[key(name)] = f"running: {now.message}"
    skipped = {key(name): f"does not offer {state.step.verb}" for name in state.passed_over}
    wrong = {"refused": "; ".join(state.problems)} if state.problems else {}
    return {**told, **skipped, **wrong}


def _next_command(observed: Observed, operation: Operation) -> str:
    """What a person may do now."""
    leader = f"juju run {observed.application}/leader"
    for step in stages.awaiting(operation):
        return f"{leader} approve-operation id={operation.number} step={step}"
    if operation.ending in (None, Status.COMPLETED):
        return ""
    return f"{leader} resume-operation id={operation.number}"


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
    # A unit that had nothing to do has nothing to tell.
    return str(outcome.results.get("summary") or "completed")


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
