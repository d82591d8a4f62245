# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The provider's side: offers a charm's verbs, and runs each asked verb once per attempt."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Collection, Sequence
from typing import Any, Generic, Protocol

import ops
import pydantic

from dataops.interfaces.operations import _bags
from dataops.interfaces.operations._models import (
    CatalogueEntry,
    Outcome,
    Status,
    Task,
    canonical,
    utc_now,
)
from dataops.interfaces.operations._perform import Clock, failed, perform, too_late
from dataops.operations import (
    Context,
    JobVerb,
    Juju,
    ObservedT,
    Offered,
    OfferedVerb,
    Scope,
    WorkloadT,
    by_name,
    explain,
)
from dataops.passing import pass_over
from dataops.rolling import Hold

logger = logging.getLogger(__name__)

# A guard that says no is asked again after this time.
_LOOK_AGAIN_SECONDS = 5.0
# A verb that waits for its own charm's plan: soon at first, and the more seldom the longer it
# waits, for each look is a whole hook.
_PENDING_SECONDS, _PENDING_AT_MOST, _PENDING_SHARE = 2.0, 10.0, 5


class LongWork(Protocol):
    """What runs work that outlives a hook: `dataops.jobs.Jobs`, which knows this interface."""

    def ensure(
        self, task_id: str, verb: JobVerb[Any, Any, Any, Any, Any], spec: pydantic.BaseModel
    ) -> bool:
        """Whether it begins now."""
        ...

    def outcome(self, task_id: str) -> Outcome | None:
        """How it ended, or how far it is; None when there is none."""
        ...

    def keep_only(self, task_ids: Collection[str]) -> None:
        """Cancel and forget all others."""
        ...

    def look_again(self, seconds: float) -> None:
        """Have the charm woken in so many seconds."""
        ...


class OperationsProvider(Generic[ObservedT, WorkloadT]):
    """Offers a charm's verbs, and runs each asked verb once per attempt.

    Args:
        charm: the charm.
        endpoint: a `provides` endpoint with the interface `dataops_operations`.
        verbs: from `dataops.operations.discover`.
        role: what the application is in the solution: `event-streaming`, `stream-processing`,
            `monitoring`, `certificate-authority`, `object-storage`, `integrator`, or a word of
            its own.
        jobs: runs what outlives a hook; needed for a `JobVerb` and for a verb with a guard.
        now: the clock (UTC).
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        endpoint: str,
        verbs: Offered[ObservedT, WorkloadT] | Sequence[OfferedVerb[ObservedT, WorkloadT]],
        *,
        role: str = "",
        jobs: LongWork | None = None,
        now: Clock = utc_now,
    ) -> None:
        self._owner = charm
        self._app = charm.app
        self._unit = charm.unit
        self._model = charm.model
        self._juju = Juju(charm)
        self._endpoint = endpoint
        self._verbs = by_name(verbs)
        self._role = role
        self._jobs = jobs
        self._now = now
        self._charm = charm.charm_dir
        if jobs is None:
            needing = [verb.name for verb in self._verbs.values() if verb.long or verb.guard]
            if needing:
                raise TypeError(f"OperationsProvider needs jobs= for {', '.join(needing)}")

    def publish_catalogue(self) -> None:
        """Tell every requirer what this application is and can do; only the leader does."""
        if not self._unit.is_leader():
            return
        revision, catalogue = self._revision(), ""
        for relation in _bags.active(self._model, self._endpoint):
            bag = relation.data[self._app]
            if not revision or bag.get("catalogue-of", "") != revision:
                # To describe the verbs, all of their files are loaded.
                catalogue = catalogue or self._catalogue()
                _bags.write(bag, "catalogue", catalogue)
                _bags.write(bag, "catalogue-of", revision)
            _bags.write(bag, "role", self._role)

    def _catalogue(self) -> str:
        return canonical([_entry(verb) for verb in self._verbs.values()])

    def _revision(self) -> str:
        """The charm's own revision, as Juju writes it down beside it; empty when it does not."""
        try:
            return (self._charm / ".juju-charm").read_text().strip()
        except OSError:
            return ""

    def run_due(self, observed: ObservedT, workload: WorkloadT) -> None:
        """Run what is asked of this unit and not yet done, and publish how it ended.

        A job is begun, or its progress published; one that nobody asks for any more is cancelled.
        Never raises for what a verb does: an exception becomes a failed outcome with its message.
        """
        wanted: set[str] = set()
        for relation in _bags.active(self._model, self._endpoint):
            task = _task(relation)
            if task is None or not task.verb:
                continue
            verb = self._verbs.get(task.verb)
            key = _key(relation, task)
            holder = self._holder(key, task, verb)
            if holder is None:
                continue
            wanted.add(key)
            known = _bags.outcome(relation, holder)
            elsewhere = known.unit not in ("", self._unit.name)
            long = verb is not None and verb.long
            if known.task == task.id and (known.final or (long and elsewhere)):
                # Done; or begun by the unit that led before, which goes on and answers itself.
                continue
            since = known.started if known.task == task.id else None
            outcome = self._advance(key, task, verb, observed, workload, since)
            # What only waits belongs to nobody: whoever leads next may begin it.
            unit = self._unit.name if outcome.final else outcome.unit
            told = outcome.model_copy(update={"task": task.id, "unit": unit})
            _bags.write(relation.data[holder], "outcome", told.to_json())
        if self._jobs:
            self._jobs.keep_only(wanted)
        if not wanted and self._endpoint in self._owner.meta.provides:
            # Until somebody asks for something, nobody has anything to say here.
            pass_over(self._owner, self._endpoint, unless="task")

    def _holder(
        self, key: str, task: Task, verb: OfferedVerb[ObservedT, WorkloadT] | None
    ) -> ops.Application | ops.Unit | None:
        """Whose databag takes this task's outcome; None when the task is not this unit's."""
        if verb is None or verb.scope is Scope.LEADER:
            if self._unit.is_leader():
                return self._app
            begun = self._jobs is not None and self._jobs.outcome(key) is not None
            return self._unit if begun else None
        if task.units is None:
            return self._unit if verb.scope is Scope.UNIT else None
        return self._unit if self._unit.name in task.units else None

    def _advance(
        self,
        key: str,
        task: Task,
        verb: OfferedVerb[ObservedT, WorkloadT] | None,
        observed: ObservedT,
        workload: WorkloadT,
        since: datetime.datetime | None,
    ) -> Outcome:
        """Take the task one step further, whatever happens, and say how far it is."""
        now = self._now()
        if verb is None:
            offered = ", ".join(self._verbs) or "nothing"
            message = f'{self._app.name} has no verb "{task.verb}"; it offers {offered}'
            return failed(task, message, now, now)
        if verb.long and self._jobs and (job := self._jobs.outcome(key)):
            return job
        try:
            context = verb.context(observed, workload, task.params, juju=self._juju)
            turn = verb.turn(context)
            if isinstance(turn, Hold):
                return self._wait(task, turn.because)
            if isinstance(verb, JobVerb):
                return self._begin(key, task, verb, context)
        except Exception as error:  # The other side learns why; the hook goes on.
            logger.exception("Task %s (%s) failed", task.id, task.verb)
            return failed(task, explain(error), now, self._now())
        outcome = perform(
            verb, task, observed, workload, now=self._now, juju=self._juju, since=since
        )
        if not outcome.final:
            self._look_again(_pause(outcome.started, now))
        return outcome

    def _wait(self, task: Task, because: str) -> Outcome:
        """The outcome while the guard says no; it is asked again soon, and until the deadline."""
        now = self._now()
        if task.deadline and now > task.deadline:
            return too_late(task, now, because)
        self._look_again(_LOOK_AGAIN_SECONDS)
        return Outcome(status=Status.RUNNING, message=f"waits: {because}")

    def _look_again(self, seconds: float) -> None:
        """See to it that this unit is woken."""
        if self._jobs is None:
            raise TypeError("OperationsProvider needs jobs= for a verb that waits")
        self._jobs.look_again(seconds)

    def _begin(
        self,
        key: str,
        task: Task,
        verb: JobVerb[ObservedT, WorkloadT, Any, Any, Any],
        context: Context[ObservedT, WorkloadT, Any],
    ) -> Outcome:
        """The outcome of a job that begins now."""
        assert self._jobs is not None
        now = self._now()
        if task.deadline and now > task.deadline:
            return too_late(task, now)
        self._jobs.ensure(key, verb, verb.prepare(context))
        waiting = Outcome(
            status=Status.RUNNING, message=f"waits: an earlier {verb.name} is still ending"
        )
        return self._jobs.outcome(key) or waiting


def _pause(started: datetime.datetime | None, now: datetime.datetime) -> float:
    """Seconds until the next look at a verb that has waited since then."""
    waited = (now - started).total_seconds() if started else 0.0
    return min(max(waited / _PENDING_SHARE, _PENDING_SECONDS), _PENDING_AT_MOST)


def _key(relation: ops.Relation, task: Task) -> str:
    """A name for the task's job; two requirers may count their operations alike."""
    return f"{relation.id}/{task.id}"


def _task(relation: ops.Relation) -> Task | None:
    """What the other side asks for now."""
    asked = _bags.load(relation, relation.app, "task")
    return None if asked is None else _bags.validate(relation, Task, asked)


def _entry(verb: OfferedVerb[Any, Any]) -> dict[str, Any]:
    """How the catalogue describes a verb."""
    entry = CatalogueEntry(
        name=verb.name,
        description=verb.description,
        scope=verb.scope,
        params=verb.params.model_json_schema(),
        result=verb.result.model_json_schema(),
        long=verb.long,
        mutating=verb.mutating,
    )
    return entry.model_dump(mode="json")
