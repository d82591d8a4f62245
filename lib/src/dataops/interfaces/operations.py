# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Interface `dataops_operations` v1: one application offers day-2 verbs, another asks for them.

| databag | key | value |
|---|---|---|
| provider, app | `catalogue` | JSON list of verbs: what this application can do |
| provider, app | `outcome` | JSON: how the current task ended, for a verb of scope `leader` |
| provider, unit | `outcome` | JSON: how it ended on this unit, for every other scope |
| requirer, app | `task` | JSON: the one thing that is to be done now; absent: nothing |

A task is named by operation, step and attempt; a unit that has an outcome of that name has done
it. A verb of scope `rolling` runs on the units that the task names, which the requirer extends one
by one. Every field is optional to read, unknown fields and values are tolerated: either side may
upgrade first. A secret travels as its Juju secret URI, never by value.
"""

from __future__ import annotations

import datetime
import enum
import json
import logging
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

import ops
import pydantic

from dataops.operations import ObservedT, Scope, Verb, WorkloadT, explain

logger = logging.getLogger(__name__)

_ModelT = TypeVar("_ModelT", bound=pydantic.BaseModel)


class _Bag(pydantic.BaseModel):
    """Base of what lies in a databag: frozen, and deaf to what a newer peer adds."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    def to_json(self) -> str:
        """Canonical JSON: equal values are equal bytes, so that nothing changes needlessly."""
        return _canonical(self.model_dump(mode="json", by_alias=True, exclude_none=True))


class CatalogueEntry(_Bag):
    """One verb that an application offers; `params` and `result` are JSON schemas."""

    name: str = ""
    description: str = ""
    scope: Scope = Scope.UNKNOWN
    params: dict[str, Any] = {}
    result: dict[str, Any] = {}
    long: bool = False


class Task(_Bag):
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


class Outcome(_Bag):
    """How a task ended, or how far it is.

    Attributes:
        task: `Task.id` of what this answers.
        results: the verb's result as its schema says; empty when it failed.
        message: the reason and the next move when it failed; how far it is when it runs.
        started, finished: UTC.
    """

    task: str = ""
    status: Status = Status.UNKNOWN
    results: dict[str, Any] = {}
    message: str = ""
    started: datetime.datetime | None = None
    finished: datetime.datetime | None = None

    @property
    def final(self) -> bool:
        """Whether nothing more will come."""
        return self.status in (Status.COMPLETED, Status.FAILED)


def utc_now() -> datetime.datetime:
    """The time, in UTC."""
    return datetime.datetime.now(datetime.timezone.utc)


def perform(
    verb: Verb[ObservedT, WorkloadT, Any, Any],
    task: Task,
    observed: ObservedT,
    workload: WorkloadT,
    *,
    now: Callable[[], datetime.datetime] = utc_now,
    log: Callable[[str], None] = logger.info,
) -> Outcome:
    """Run the verb for a task and say how it ended; never raises for what the verb does.

    Args:
        verb: what to run.
        task: its parameters and deadline.
        observed: the facts of the verb's context.
        workload: the workload of the verb's context.
        now: the clock (UTC).
        log: takes progress lines.
    """
    started = now()
    if task.deadline and started > task.deadline:
        late = f"The deadline {task.deadline:%H:%M:%S} UTC passed before {task.verb} began"
        return _failed(task, now, started, late)
    try:
        result = verb.call(observed, workload, task.params, log)
        results = result.model_dump(mode="json", by_alias=True)
    except Exception as error:  # The other side learns why; the hook goes on.
        logger.exception("Task %s (%s) failed", task.id, task.verb)
        return _failed(task, now, started, explain(error))
    return Outcome(
        task=task.id, status=Status.COMPLETED, results=results, started=started, finished=now()
    )


class OperationsProvider(Generic[ObservedT, WorkloadT]):
    """Offers a charm's verbs, and runs each asked verb once per attempt.

    Args:
        charm: the charm.
        endpoint: a `provides` endpoint with the interface `dataops_operations`.
        verbs: from `dataops.operations.discover`.
        now: the clock (UTC).
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        endpoint: str,
        verbs: Sequence[Verb[ObservedT, WorkloadT, Any, Any]],
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._app = charm.app
        self._unit = charm.unit
        self._model = charm.model
        self._endpoint = endpoint
        self._verbs = {verb.name: verb for verb in verbs}
        self._now = now

    def publish_catalogue(self) -> None:
        """Tell every requirer what this application can do; only the leader does."""
        if not self._unit.is_leader():
            return
        catalogue = _canonical([self._entry(verb) for verb in self._verbs.values()])
        for relation in _active(self._model, self._endpoint):
            _write(relation.data[self._app], "catalogue", catalogue)

    def run_due(self, observed: ObservedT, workload: WorkloadT) -> None:
        """Run what is asked of this unit and not yet done, and publish how it ended.

        Never raises for what a verb does: an exception becomes a failed outcome with its message.
        """
        for relation in _active(self._model, self._endpoint):
            task = _task(relation)
            if task is None or not task.verb:
                continue
            verb = self._verbs.get(task.verb)
            holder = self._holder(task, verb)
            if holder is None or _outcome(relation, holder).task == task.id:
                continue
            outcome = self._perform(task, verb, observed, workload)
            _write(relation.data[holder], "outcome", outcome.to_json())

    def _holder(
        self, task: Task, verb: Verb[ObservedT, WorkloadT, Any, Any] | None
    ) -> ops.Application | ops.Unit | None:
        """Whose databag takes this task's outcome; None when the task is not this unit's."""
        if verb is None or verb.scope is Scope.LEADER:
            return self._app if self._unit.is_leader() else None
        if task.units is None:
            return self._unit if verb.scope is Scope.UNIT else None
        return self._unit if self._unit.name in task.units else None

    def _perform(
        self,
        task: Task,
        verb: Verb[ObservedT, WorkloadT, Any, Any] | None,
        observed: ObservedT,
        workload: WorkloadT,
    ) -> Outcome:
        """Do it, whatever happens, and say how it ended."""
        if verb is not None:
            return perform(verb, task, observed, workload, now=self._now)
        offered = ", ".join(self._verbs) or "nothing"
        message = f'{self._app.name} has no verb "{task.verb}"; it offers {offered}'
        return _failed(task, self._now, self._now(), message)

    @staticmethod
    def _entry(verb: Verb[ObservedT, WorkloadT, Any, Any]) -> dict[str, Any]:
        """How the catalogue describes a verb."""
        entry = CatalogueEntry(
            name=verb.name,
            description=verb.description,
            scope=verb.scope,
            params=verb.params.model_json_schema(),
            result=verb.result.model_json_schema(),
            long=verb.long,
        )
        return entry.model_dump(mode="json")


class Participant(_Bag):
    """One application at the other end, as this unit sees it.

    Attributes:
        application: its name.
        catalogue: the verbs that it offers.
        units: names of its units, in order.
        outcomes: the latest outcome by who gave it: the application's name or a unit's.
    """

    application: str
    catalogue: tuple[CatalogueEntry, ...] = ()
    units: tuple[str, ...] = ()
    outcomes: dict[str, Outcome] = {}

    def verb(self, name: str) -> CatalogueEntry | None:
        """The offered verb of that name."""
        return next((entry for entry in self.catalogue if entry.name == name), None)


class OperationsRequirer:
    """Asks every related application for its verbs, one task at a time.

    Args:
        charm: the charm.
        endpoint: a `requires` endpoint with the interface `dataops_operations`.
    """

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._app = charm.app
        self._model = charm.model
        self._endpoint = endpoint

    def participants(self) -> tuple[Participant, ...]:
        """Every related application with its verbs, units and latest outcomes, ordered by name."""
        found = [self._participant(relation) for relation in _active(self._model, self._endpoint)]
        return tuple(sorted(found, key=lambda participant: participant.application))

    def catalogues(self) -> dict[str, tuple[CatalogueEntry, ...]]:
        """The verbs on offer, by application."""
        return {p.application: p.catalogue for p in self.participants()}

    def outcomes(self, task_id: str) -> dict[str, Outcome]:
        """The outcomes of one task, by who gave it: an application's name or a unit's."""
        given = (item for p in self.participants() for item in p.outcomes.items())
        return {name: outcome for name, outcome in given if outcome.task == task_id}

    def request(self, application: str, task: Task | None) -> bool:
        """Ask an application for a task, or for nothing; True when that is new. Leader only."""
        changed = False
        for relation in _active(self._model, self._endpoint):
            if relation.app.name == application:
                bag = relation.data[self._app]
                changed |= _write(bag, "task", task.to_json() if task else "")
        return changed

    @staticmethod
    def _participant(relation: ops.Relation) -> Participant:
        units = sorted(relation.units, key=lambda unit: int(unit.name.rpartition("/")[2]))
        holders: list[ops.Application | ops.Unit] = [relation.app, *units]
        return Participant(
            application=relation.app.name,
            catalogue=_catalogue(relation),
            units=tuple(unit.name for unit in units),
            outcomes={holder.name: _outcome(relation, holder) for holder in holders},
        )


def _failed(
    task: Task, now: Callable[[], datetime.datetime], started: datetime.datetime, message: str
) -> Outcome:
    """The outcome of a task that ended badly just now."""
    return Outcome(
        task=task.id, status=Status.FAILED, message=message, started=started, finished=now()
    )


def _active(model: ops.Model, endpoint: str) -> list[ops.Relation]:
    """The endpoint's relations that are not about to end."""
    return [relation for relation in model.relations[endpoint] if relation.active]


def _canonical(value: Any) -> str:
    """JSON with one spelling."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _write(bag: ops.RelationDataContent, key: str, value: str) -> bool:
    """Set or (when empty) drop a key; touches nothing when it is so already."""
    if bag.get(key, "") == value:
        return False
    bag[key] = value
    return True


def _catalogue(relation: ops.Relation) -> tuple[CatalogueEntry, ...]:
    """The other side's verbs; entries that cannot be read are left out."""
    entries = _load(relation, relation.app, "catalogue")
    if not isinstance(entries, list):
        return ()
    listed = cast("list[Any]", entries)
    read = [_validate(relation, CatalogueEntry, entry) for entry in listed]
    return tuple(entry for entry in read if entry is not None and entry.name)


def _task(relation: ops.Relation) -> Task | None:
    """What the other side asks for now."""
    asked = _load(relation, relation.app, "task")
    return None if asked is None else _validate(relation, Task, asked)


def _outcome(relation: ops.Relation, holder: ops.Application | ops.Unit) -> Outcome:
    """The outcome in a databag; an empty one when there is none that can be read."""
    given = _load(relation, holder, "outcome")
    return (_validate(relation, Outcome, given) if given is not None else None) or Outcome()


def _load(relation: ops.Relation, holder: ops.Application | ops.Unit, key: str) -> Any:
    """The JSON value of a key; None when it is absent or unreadable."""
    text = relation.data[holder].get(key, "")
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        logger.warning("Relation %s: %s of %s is not JSON", relation.id, key, holder.name)
        return None


def _validate(relation: ops.Relation, model: type[_ModelT], value: Any) -> _ModelT | None:
    """The value as a model; None, and a warning, when it is none."""
    try:
        return model.model_validate(value)
    except pydantic.ValidationError as error:
        logger.warning("Relation %s: ignored: %s", relation.id, explain(error))
        return None
