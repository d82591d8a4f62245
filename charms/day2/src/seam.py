# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the executor is told, and what it asks for: plain values, so that each part is apart.

`Facts` go in, `Request`s come out. Every request but `Note` is level-triggered: it says how
something shall be, and whoever carries it out changes nothing when it is so already.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from dataops.evidence import CanaryState, Limits, Phase
from dataops.interfaces.operations import Participant, Task
from journal import Kind


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is, as the leading unit of day2 sees it.

    Attributes:
        now: UTC.
        unit: this unit's name.
        participants: the related applications, and day2 itself with all its units.
        canary: what this unit's canary says.
    """

    now: datetime.datetime
    unit: str
    participants: tuple[Participant, ...] = ()
    canary: CanaryState = dataclasses.field(default_factory=CanaryState)

    @property
    def application(self) -> str:
        """Our own name."""
        return self.unit.partition("/")[0]

    def participant(self, application: str) -> Participant | None:
        """The application of that name."""
        return next((p for p in self.participants if p.application == application), None)


@dataclasses.dataclass(frozen=True)
class Note:
    """Append this to the journal."""

    kind: Kind
    operation: int
    body: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Ask:
    """See to it that this application's databag holds this task, or none."""

    application: str
    task: Task | None


@dataclasses.dataclass(frozen=True)
class Measure:
    """See to it that the canary measures this phase of this operation.

    Attributes:
        operation: its number; 0: no canary runs.
        round: of the operation.
        phase: what it measures from now on.
        limits: the plan's `canary`.
    """

    operation: int = 0
    phase: Phase | None = None
    limits: Limits = dataclasses.field(default_factory=Limits)
    round: int = 1


@dataclasses.dataclass(frozen=True)
class WriteReport:
    """Write, sign and note (`REPORTED`) the report of an operation that has finished."""

    operation: int


@dataclasses.dataclass(frozen=True)
class Wake:
    """See to it that this charm wakes at that time, when nothing wakes it earlier."""

    at: datetime.datetime | None


Request = Note | Ask | Measure | WriteReport | Wake
