# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One operation as the journal tells it: its steps, answers, measurements and end. Pure values."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
from collections.abc import Mapping
from typing import Any

from dataops.evidence import Phase
from dataops.interfaces.operations import Outcome, Status, Task
from dataops.operations import Check, HealthCheck, Scope
from plan import Plan, Step


class Section(str, enum.Enum):
    """Which list a step stands in."""

    GUARDS = "guards"
    STEPS = "steps"
    ROLLBACK = "rollback"
    FINALLY = "finally"


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
    """One attempt at a step.

    Attributes:
        step: the step of the plan.
        began, deadline: UTC.
        attempt: 1, 2, ...; goes on counting when the operation is resumed.
        targets: who is asked.
        passed_over: related applications that do not offer the verb.
        answers: by who gave it, in the order in which they came.
        params: what the verb is given.
        problems: why somebody who should be asked cannot be.
        section: the list that the step stands in.
        round: 1, and one more each time the operation was resumed.
        ended: when the last answer came; of an attempt that asks nobody, when it began.
    """

    step: Step
    began: datetime.datetime
    deadline: datetime.datetime
    attempt: int = 1
    targets: tuple[Target, ...] = ()
    passed_over: tuple[str, ...] = ()
    answers: dict[str, Outcome] = dataclasses.field(default_factory=dict[str, Outcome])
    params: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    problems: tuple[str, ...] = ()
    section: Section = Section.STEPS
    round: int = 1
    ended: datetime.datetime | None = None

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
        told = [reason for name in self.expected for reason in self.reasons_of(name)]
        return (*self.problems, *told)

    @property
    def well(self) -> bool:
        """Whether everybody has answered as they should."""
        return not self.missing and not self.reasons

    def reasons_of(self, name: str) -> tuple[str, ...]:
        """Why one answer is not well; none when it is, or has not come."""
        answer = self.answers.get(name)
        if answer is None:
            return ()
        if answer.status is not Status.COMPLETED:
            return (f"{name}: {answer.message}",)
        if self.step.verify != "healthy":
            return ()
        failed = HealthCheck.model_validate(answer.results).failed
        return tuple(f"{name} {check.name}: {check.advice}" for check in failed)

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
class Measurement:
    """What the canary saw in one phase.

    Attributes:
        phase: before, during or after.
        began, ended: UTC; `ended` is None while it measures.
        evidence: as JSON values.
        problem: why it could not measure.
        round: of the operation.
    """

    phase: Phase
    began: datetime.datetime
    ended: datetime.datetime | None = None
    evidence: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    problem: str = ""
    round: int = 1


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation, from the request to its end.

    Attributes:
        number: by which people and tasks name it.
        plan: as it was when the operation was requested.
        params: of the action, over the plan's defaults.
        requested, finished: UTC; `finished` is None while it runs or waits.
        requested_by: the action and its unit, or the schedule.
        guards: the plans that must find all well, as they were then.
        queued: number of the record by which it took its place in the queue.
        steps: the attempts that have begun, in order.
        skipped: steps of this round that are not needed, with the reason.
        round, since: the present round, and the first whose steps still count.
        approvals: steps of this round that a person has let go on.
        cancelled: by whom; empty when nobody did.
        stopped: why it must not go on.
        measurements: of the canary.
        ending: None until it ended, then completed or failed.
        message: how it ended, in one sentence.
        report: where its report lies; None until it is written.
    """

    number: int
    plan: Plan
    params: dict[str, Any]
    requested: datetime.datetime
    requested_by: str = ""
    guards: tuple[Plan, ...] = ()
    queued: int = 0
    steps: tuple[StepState, ...] = ()
    skipped: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    round: int = 1
    since: int = 1
    approvals: frozenset[str] = frozenset()
    cancelled: str = ""
    stopped: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    finished: datetime.datetime | None = None
    ending: Status | None = None
    message: str = ""
    report: Mapping[str, Any] | None = None

    @property
    def title(self) -> str:
        """As people name it: `health-check #7`."""
        return f"{self.plan.name} #{self.number}"

    @functools.cached_property
    def sections(self) -> dict[Section, tuple[Step, ...]]:
        """Every step by the list it stands in; a guard's are called `health-check.check`."""
        guards = [
            step.model_copy(update={"name": f"{guard.name}.{step.name}", "after": None})
            for guard in self.guards
            for step in guard.steps
        ]
        return {
            Section.GUARDS: tuple(guards),
            Section.STEPS: self.plan.steps,
            Section.ROLLBACK: self.plan.rollback,
            Section.FINALLY: self.plan.finally_,
        }

    def attempts(self, name: str) -> tuple[StepState, ...]:
        """The attempts at a step that still count, oldest first."""
        return tuple(s for s in self.steps if s.step.name == name and self._counts(s))

    def last(self, name: str) -> StepState | None:
        """The newest attempt at a step that still counts."""
        return next(iter(reversed(self.attempts(name))), None)

    def measurement(self, phase: Phase) -> Measurement | None:
        """What the canary saw in this phase of this round."""
        mine = (m for m in reversed(self.measurements) if m.round == self.round)
        return next((m for m in mine if m.phase is phase), None)

    @property
    def running(self) -> tuple[StepState, ...]:
        """The attempts that still miss an answer."""
        return tuple(s for s in self.steps if s.round == self.round and s.missing)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it did not go well, of all steps; what a later attempt mended does not count."""
        newest = {s.step.name: s for s in self.steps if s.round == self.round}
        told = [reason for step in newest.values() for reason in step.reasons]
        cancelled = (f"Cancelled by {self.cancelled}.",) if self.cancelled else ()
        unseen = tuple(m.problem for m in self.measurements if m.problem and m.round == self.round)
        return tuple(dict.fromkeys((*cancelled, *self.stopped, *told, *unseen)))

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

    def _counts(self, step: StepState) -> bool:
        """Whether what an attempt did still holds."""
        kept = step.section is Section.STEPS and step.round >= self.since
        return kept or step.round == self.round
