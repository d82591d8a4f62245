# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What lies in the databags of `dataops_operations` v1."""

from __future__ import annotations

import datetime
import enum
import json
from typing import Any

import pydantic

from dataops.operations import Scope


class Bag(pydantic.BaseModel):
    """Base of what lies in a databag: frozen, and deaf to what a newer peer adds."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    def to_json(self) -> str:
        """Canonical JSON: equal values are equal bytes, so that nothing changes needlessly."""
        return canonical(self.model_dump(mode="json", by_alias=True, exclude_none=True))


class CatalogueEntry(Bag):
    """One verb that an application offers.

    Attributes:
        name: of the verb.
        description: one sentence for the operator.
        scope: where it runs.
        params, result: JSON schemas.
        long: whether it outlives a hook: its outcome is `running` for a while.
        mutating: whether clients may feel it.
    """

    name: str = ""
    description: str = ""
    scope: Scope = Scope.UNKNOWN
    params: dict[str, Any] = {}
    result: dict[str, Any] = {}
    long: bool = False
    mutating: bool = False


class Task(Bag):
    """What is to be done now.

    Attributes:
        operation: number of the operation in the requirer's journal.
        step: name of the step within it.
        verb: which verb of the catalogue.
        params: its parameters.
        attempt: 1, 2, ...; a new attempt runs the verb again.
        deadline: nobody starts after this time (UTC).
        units: who may run a verb of scope `rolling` or `unit`; None: every unit.
    """

    operation: int = 0
    step: str = ""
    verb: str = ""
    params: dict[str, Any] = {}
    attempt: int = 1
    deadline: datetime.datetime | None = None
    units: tuple[str, ...] | None = None

    @property
    def id(self) -> str:
        """The name by which outcomes refer to this task: `7/check/1`."""
        return f"{self.operation}/{self.step}/{self.attempt}"


class Status(str, enum.Enum):
    """How far a task is."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> Status:
        return cls.UNKNOWN


class Outcome(Bag):
    """How a task ended, or how far it is.

    Attributes:
        task: `Task.id` of what this answers.
        status: how far it is.
        results: the verb's result as its schema says; empty when it failed.
        message: the reason and the next move when it failed; how far it is when it runs.
        done: how much of it is done, 0 to 1, where the work knows that.
        unit: who does it.
        started, finished: UTC.
    """

    task: str = ""
    status: Status = Status.UNKNOWN
    results: dict[str, Any] = {}
    message: str = ""
    done: float | None = None
    unit: str = ""
    started: datetime.datetime | None = None
    finished: datetime.datetime | None = None

    @property
    def final(self) -> bool:
        """Whether nothing more will come."""
        return self.status in (Status.COMPLETED, Status.FAILED)


class Participant(Bag):
    """One application at the other end, as this unit sees it.

    Attributes:
        application: its name.
        role: what it is in the solution, such as `event-streaming`; empty when it does not say.
        catalogue: the verbs that it offers.
        units: names of its units, in order.
        outcomes: the latest outcome by who gave it: the application's name or a unit's.
    """

    application: str
    role: str = ""
    catalogue: tuple[CatalogueEntry, ...] = ()
    units: tuple[str, ...] = ()
    outcomes: dict[str, Outcome] = {}

    def verb(self, name: str) -> CatalogueEntry | None:
        """The offered verb of that name."""
        return next((entry for entry in self.catalogue if entry.name == name), None)


def canonical(value: Any) -> str:
    """JSON with one spelling."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def utc_now() -> datetime.datetime:
    """The time, in UTC."""
    return datetime.datetime.now(datetime.timezone.utc)
