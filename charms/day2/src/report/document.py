# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a report says, for machines: these models are its JSON, and its JSON schema is theirs.

`docs/reference/reports.md` explains each part; a test holds the published schema against this.
"""

from __future__ import annotations

import datetime
from typing import Any

import pydantic

from dataops.evidence import Evidence, Limits
from report.performance.document import Performance

SCHEMA = "dataops-report/1"
Time = datetime.datetime


class _Part(pydantic.BaseModel):
    """Base of the parts: frozen, and deaf to what a newer version adds."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Span(_Part):
    """When one application or unit worked at one step.

    Attributes:
        step, attempt, verb: what it did.
        phase: guards, steps, rollback or finally; canary for its measurements.
        who: the unit, or the application for a verb of its leader.
        began, ended: UTC; `ended` is None when it never answered.
        status: completed, failed or cancelled.
    """

    step: str
    attempt: int = 1
    verb: str
    phase: str = "steps"
    who: str
    began: Time
    ended: Time | None = None
    status: str


class Check(_Part):
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str = ""
    next_move: str = ""


class Answer(_Part):
    """What one application or unit said.

    Attributes:
        who: its name.
        status: completed, failed or cancelled.
        message: the reason and the next move when it failed.
        results: as its verb gives them.
        checks: of a health check.
    """

    who: str
    status: str
    message: str = ""
    results: dict[str, Any] = {}
    checks: tuple[Check, ...] = ()

    @property
    def well(self) -> bool:
        """Whether it completed and no check failed."""
        return self.status == "completed" and all(check.ok for check in self.checks)


class StepAccount(_Part):
    """One step that began.

    Attributes:
        name, verb, attempt, phase: which.
        began, deadline: UTC.
        params: what the verb was given.
        passed_over: applications that were not asked, because they do not offer the verb.
        problems: why somebody who should have been asked could not be.
        answers: in the order in which they were asked.
    """

    name: str
    verb: str
    attempt: int = 1
    phase: str = "steps"
    began: Time
    deadline: Time | None = None
    params: dict[str, Any] = {}
    passed_over: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


class Failure(_Part):
    """One thing that went wrong: where, what was seen, and what to do next."""

    where: str
    seen: str
    next_move: str = ""


class OperationAccount(_Part):
    """The operation as the journal tells it.

    Attributes:
        number, name, description: which.
        params: of the action.
        requested, finished: UTC.
        requested_by: who asked.
        status: completed, failed or cancelled.
        outcome: how it ended, in one sentence.
        manual_minutes: what the same work takes by hand, as its plan says; None: nobody has said.
        not_done: steps of the plan that were not done, or not well.
        skipped: steps that were not needed, each with the reason.
        resumed: how often it went on after it had ended.
        timeline: who worked when.
        steps: in the order in which they began.
        failures: with the next move.
        plan: as it was when the operation was requested.
    """

    number: int
    name: str
    description: str = ""
    params: dict[str, Any] = {}
    requested: Time
    requested_by: str = ""
    finished: Time
    status: str
    outcome: str
    manual_minutes: float | None = None
    not_done: tuple[str, ...] = ()
    skipped: dict[str, str] = {}
    resumed: int = 0
    timeline: tuple[Span, ...] = ()
    steps: tuple[StepAccount, ...] = ()
    failures: tuple[Failure, ...] = ()
    plan: dict[str, Any] = {}

    @property
    def title(self) -> str:
        """As people name it."""
        return f"{self.name} #{self.number}"

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.finished - self.requested).total_seconds()

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Of all steps."""
        return tuple(answer for step in self.steps for answer in step.answers)


class ToilLine(_Part):
    """What day2 did in place of people, for one kind of operation.

    Attributes:
        operation: its name.
        runs: how many ended, of which `failed` did not end well.
        seconds: how long they took in all.
        manual_minutes: what its plan says one run takes by hand; None: nobody has said.
        minutes_replaced: those minutes over the runs that ended well.
    """

    operation: str
    runs: int
    failed: int
    seconds: float
    manual_minutes: float | None = None
    minutes_replaced: float = 0.0


class Toil(_Part):
    """All kinds of operation that the journal knows, since its first record."""

    since: Time | None = None
    lines: tuple[ToilLine, ...] = ()


class Link(_Part):
    """The report before this one."""

    operation: int
    sha256: str


class Chain(_Part):
    """What this report builds on.

    Attributes:
        previous: the report before; None in the first.
        journal_record, journal_hash: the newest record of the journal when this was written.
        public_key: PEM of the key that signed it.
        fingerprint: SHA-256 of that key's DER form.
    """

    previous: Link | None = None
    journal_record: int
    journal_hash: str
    public_key: str
    fingerprint: str


class Document(_Part):
    """A report.

    Attributes:
        schema_name: in JSON `schema`.
        model, unit: where it was written.
        written: when (UTC).
        operation: what ran.
        evidence: what customers saw meanwhile; None when the operation changed nothing.
        limits: what the plan allows the operation to cost them.
        breaches: the limits that were passed.
        promise: whether they waited no longer than the verbs had promised, in a sentence; empty
            where no verb promised anything.
        performance: what a performance report adds.
        toil: this operation among all.
        chain: what it builds on, and the key that signed it.
    """

    schema_name: str = pydantic.Field(default=SCHEMA, alias="schema")
    model: str
    unit: str
    written: Time
    operation: OperationAccount
    evidence: Evidence | None = None
    limits: Limits | None = None
    breaches: tuple[str, ...] = ()
    promise: str = ""
    performance: Performance | None = None
    toil: Toil
    chain: Chain
