# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the journal tells: each operation with its steps and answers. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from dataops.interfaces.operations import Outcome, Status, Task
from dataops.operations import Check, HealthCheck, Scope
from journal import Kind, Record
from plan import Plan, Step


@dataclasses.dataclass(frozen=True)
class Target:
    """One application that is asked, and who of it must answer.

    Attributes:
        application: its name.
        scope: how the verb runs there.
        answers_from: units, or the application itself for a verb of its leader.
    """

    application: str
    scope: Scope
    answers_from: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class StepState:
    """One step that has begun.

    Attributes:
        step: the step of the plan.
        began, deadline: UTC.
        attempt: 1, 2, ...
        targets: who is asked.
        passed_over: related applications that do not offer the verb.
        answers: by who gave it.
        params: what the verb is given.
    """

    step: Step
    began: datetime.datetime
    deadline: datetime.datetime
    attempt: int = 1
    targets: tuple[Target, ...] = ()
    passed_over: tuple[str, ...] = ()
    answers: dict[str, Outcome] = dataclasses.field(default_factory=dict[str, Outcome])
    params: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])

    @property
    def expected(self) -> tuple[str, ...]:
        """Everyone who must answer."""
        return tuple(name for target in self.targets for name in target.answers_from)

    @property
    def missing(self) -> tuple[str, ...]:
        """Who has not answered yet."""
        return tuple(name for name in self.expected if name not in self.answers)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why this step is not well: failed answers, and failed checks where the plan verifies."""
        found: list[str] = []
        for name in self.expected:
            answer = self.answers.get(name)
            if answer is None:
                continue
            if answer.status is not Status.COMPLETED:
                found.append(f"{name}: {answer.message}")
            elif self.step.verify == "healthy":
                checks = HealthCheck.model_validate(answer.results).failed
                found += [f"{name} {c.name}: {c.detail} {c.next_move}".rstrip() for c in checks]
        return tuple(found)

    def task(self, operation: int, units: tuple[str, ...] | None) -> Task:
        """What is asked, of these units or of the leader."""
        return Task(
            operation=operation,
            step=self.step.name,
            verb=self.step.verb,
            params=self.params,
            attempt=self.attempt,
            deadline=self.deadline,
            units=units,
        )


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation, from the request to its end.

    Attributes:
        number: by which people and tasks name it.
        plan: as it was when the operation was requested.
        params: of the action.
        requested, finished: UTC; `finished` is None while it runs or waits.
        steps: those that have begun, in order.
        ending: None until it ended, then completed or failed.
        message: how it ended, in one sentence.
    """

    number: int
    plan: Plan
    params: dict[str, Any]
    requested: datetime.datetime
    requested_by: str = ""
    steps: tuple[StepState, ...] = ()
    finished: datetime.datetime | None = None
    ending: Status | None = None
    message: str = ""

    @property
    def title(self) -> str:
        """As people name it: `health-check #7`."""
        return f"{self.plan.name} #{self.number}"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it did not go well, of all steps."""
        return tuple(reason for step in self.steps for reason in step.reasons)

    @property
    def progress(self) -> str:
        """Where it is: `kafka 2/3` for the first application that has not answered in full."""
        if not self.steps:
            return "waiting"
        for target in self.steps[-1].targets:
            done = sum(name in self.steps[-1].answers for name in target.answers_from)
            if done < len(target.answers_from):
                return f"{target.application} {done}/{len(target.answers_from)}"
        return self.steps[-1].step.name

    @property
    def answers(self) -> dict[str, Outcome]:
        """The last answer of each, over all steps, in the order in which they are asked."""
        asked = [(step.answers, name) for step in self.steps for name in step.expected]
        return {name: answers[name] for answers, name in asked if name in answers}

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check of every answer that was a health check."""
        results = [answer.results for answer in self.answers.values()]
        return tuple(c for r in results for c in HealthCheck.model_validate(r).checks)


def operations(journal: Sequence[Record]) -> tuple[Operation, ...]:
    """Every operation of which the journal holds the request, oldest first."""
    found: dict[int, Operation] = {}
    for record in journal:
        known = found.get(record.operation)
        if record.kind is Kind.REQUESTED:
            found.setdefault(record.operation, _requested(record))
        elif known is not None:
            found[record.operation] = _told(known, record)
    return tuple(found[number] for number in sorted(found))


def current(journal: Sequence[Record]) -> Operation | None:
    """The operation that runs, or is next to run; one at a time, in the order of requests."""
    return next((one for one in operations(journal) if one.ending is None), None)


def _requested(record: Record) -> Operation:
    """A new operation."""
    return Operation(
        number=record.operation,
        plan=Plan.model_validate(record.body["plan"]),
        params=record.body.get("params", {}),
        requested=record.at,
        requested_by=record.body.get("by", ""),
    )


def _told(operation: Operation, record: Record) -> Operation:
    """The operation after one more record; records of an unknown kind change nothing."""
    if record.kind is Kind.BEGAN:
        return dataclasses.replace(operation, steps=(*operation.steps, _began(operation, record)))
    if record.kind is Kind.ANSWERED and operation.steps:
        last = operation.steps[-1]
        answer = Outcome.model_validate(record.body["outcome"])
        answered = dataclasses.replace(last, answers={**last.answers, record.body["from"]: answer})
        return dataclasses.replace(operation, steps=(*operation.steps[:-1], answered))
    if record.kind is Kind.FINISHED:
        return dataclasses.replace(
            operation,
            finished=record.at,
            ending=Status(record.body["status"]),
            message=record.body.get("message", ""),
        )
    return operation


def _began(operation: Operation, record: Record) -> StepState:
    """A step at its beginning."""
    body = record.body
    targets = tuple(
        Target(t["application"], Scope(t["scope"]), tuple(t["answers-from"]))
        for t in body["targets"]
    )
    return StepState(
        step=next(step for step in operation.plan.steps if step.name == body["step"]),
        began=record.at,
        deadline=datetime.datetime.fromisoformat(body["deadline"]),
        attempt=body.get("attempt", 1),
        targets=targets,
        passed_over=tuple(body.get("passed-over", ())),
        params=body.get("params", {}),
    )
