# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Carries out what the executor asks for: journal records, tasks in databags, and own verbs."""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Callable, Mapping
from typing import Any

import ops

import own
from alarm import Alarm
from archive import Archive
from canary import Canary
from dataops.evidence import CanaryState
from dataops.interfaces.operations import (
    OperationsProvider,
    OperationsRequirer,
    Status,
    utc_now,
)
from dataops.operations import AnyVerb
from dataops.passing import pass_over
from executor import advance
from history import queue
from journal import Journal, Kind, append, tail, to_text
from library import Library
from observed import JOURNAL_KEY, OPERATIONS, PEERS, Observed
from plan import Plan
from preconditions import refusals, together
from schedule import Entry, by, decide, next_time
from seam import Ask, Facts, Measure, Note, Request, Wake, WriteReport

logger = logging.getLogger(__name__)

# What the peers' databag may hold; older records stay in the copy of every unit's storage.
_DATABAG_BYTES = 128 * 1024


@dataclasses.dataclass(frozen=True)
class Tools:
    """What the driver works with.

    Attributes:
        provider: runs what day2 is to do itself.
        canary: measures what clients see.
        alarm: wakes this charm.
        library: reads the known plans and the schedule.
        verbs: what day2 does itself, by name.
    """

    provider: OperationsProvider[Observed, Archive]
    canary: Canary
    alarm: Alarm
    library: Callable[[], Library]
    verbs: Mapping[str, AnyVerb]


class Driver:
    """Moves the operations of the journal on, as far as they can go now. Leader only.

    Args:
        charm: the charm.
        tools: what it works with.
        observed: the facts of this hook or action.
        archive: this unit's storage.
        now: the clock (UTC).
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        tools: Tools,
        observed: Observed,
        archive: Archive,
        *,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._charm = charm
        self._tools = tools
        self.observed = observed
        self._archive = archive
        self._now = now
        self._related = OperationsRequirer(charm, OPERATIONS)
        self._peers = OperationsRequirer(charm, PEERS)
        self._wake: datetime.datetime | None = None
        self.journal: Journal = observed.journal

    def request(
        self, plan: Plan, params: Mapping[str, Any], plans: Mapping[str, Plan], by: str = ""
    ) -> int:
        """The number of a new operation, journalled; `drive` begins it."""
        number = max((record.operation for record in self.journal), default=0) + 1
        body: dict[str, Any] = {
            "plan": _plain(plan),
            "params": dict(params),
            "by": by or f"action on {self.observed.unit}",
        }
        if plan.guards:
            body["guards"] = [_plain(plans[name]) for name in plan.guards]
        self.note(Note(Kind.REQUESTED, number, body))
        return number

    def note(self, note: Note) -> None:
        """Append to the journal."""
        self.journal = append(self.journal, self._now(), note.kind, note.operation, note.body)
        logger.info("Operation %s: %s", note.operation, note.kind.value)

    def drive(self) -> Journal:
        """The journal, after everything that can be done now is done.

        The databags hold the journal and the tasks together, so that both land with the hook or
        neither does.
        """
        coming = self._heed_the_clock()
        while True:
            for request in self._settle():
                self._apply(request)
            if not self._do_our_part():
                break
        self._publish()
        times = [at for at in (self._wake, coming) if at is not None]
        self._tools.alarm.set(min(times, default=None))
        rest(self._charm, self.observed, self.journal)
        return self.journal

    def _heed_the_clock(self) -> datetime.datetime | None:
        """Request what the schedule asks for; says when it asks again."""
        if not self.observed.schedule and not any(r.kind is Kind.SCHEDULED for r in self.journal):
            return None
        now, library = self._now(), self._tools.library()
        decision = decide(library.schedule.entries, self.journal, now)
        for entry, at in decision.due:
            self._request_scheduled(library, entry, at)
        if decision.note is not None:
            self.note(Note(Kind.SCHEDULED, 0, decision.note))
        following = next_time(library.schedule.entries, now)
        return following[0] if following else None

    def _request_scheduled(self, library: Library, entry: Entry, at: datetime.datetime) -> None:
        """Request an operation that is due; one that cannot begin ends with every reason."""
        plan = library.plans[entry.plan]
        number = self.request(plan, entry.params, library.plans, by=by(entry))
        observed = dataclasses.replace(self.observed, journal=self.journal)
        reasons = refusals(plan, entry.params, observed, library.plans, self._tools.verbs)
        if reasons:
            text = f"Due at {at:%H:%M} UTC, it could not begin. {together(reasons)}"
            body = {"status": Status.FAILED.value, "message": text}
            self.note(Note(Kind.FINISHED, number, body))

    def _settle(self) -> tuple[Request, ...]:
        """What is to be done, once the journal knows all that can be known now."""
        requests = advance(self.journal, self._facts())
        while isinstance(requests[0], Note):
            for request in requests:
                if isinstance(request, Note):
                    self.note(request)
            requests = advance(self.journal, self._facts())
        return requests

    def _apply(self, request: Request) -> None:
        """Carry out one request."""
        match request:
            case Ask(application, task) if application == self.observed.application:
                self._peers.request(application, task)
            case Ask(application, task):
                self._related.request(application, task)
            case Measure():
                self._measure(request)
            case Wake(at):
                self._wake = at
            case WriteReport(number):
                self._report(number)
            case _:
                pass

    def _measure(self, request: Measure) -> None:
        """Have the canary measure what is asked, or end."""
        canary, access = self._tools.canary, self.observed.canary
        if not request.operation:
            leave(canary)
        elif access is not None and request.phase is not None:
            canary.start(request.operation, request.round, request.limits, access)
            canary.switch(request.phase)

    def _report(self, number: int) -> None:
        """Write a report and note it; whatever keeps it from being written, nothing else waits."""
        from reporter import write_report  # Templates and keys take time to load.

        try:
            body = write_report(
                self._charm, self.observed, self._archive, self.journal, number, self._now
            )
        except Exception:  # An operation has ended whether or not people can read of it yet.
            logger.exception("The report of operation %s could not be written", number)
            return
        self.note(Note(Kind.REPORTED, number, body))

    def _do_our_part(self) -> bool:
        """Whether this unit has answered what day2 itself is asked."""
        before = self.observed.own
        run_due(self._charm, self._tools.provider, self.observed, self._archive, self.journal)
        observed = dataclasses.replace(self.observed, own=own.participant(self._charm, PEERS))
        self.observed = observed
        return observed.own != before

    def _publish(self) -> None:
        """Put the newest records where every unit of day2 sees them."""
        if self.journal == self.observed.journal:
            return
        unfinished = {operation.number for operation in queue(self.journal)}
        kept = tail(self.journal, _DATABAG_BYTES, unfinished)
        peers = self._charm.model.get_relation(PEERS)
        if peers is not None:
            peers.data[self._charm.app][JOURNAL_KEY] = to_text(kept)

    def _facts(self) -> Facts:
        """What the executor decides by."""
        return Facts(
            now=self._now(),
            unit=self.observed.unit,
            participants=self.observed.everybody,
            canary=self._canary(),
        )

    def _canary(self) -> CanaryState:
        """What the canary says; or, without access, why it can say nothing."""
        operation = next(iter(queue(self.journal)), None)
        if operation is None or operation.plan.canary is None:
            return CanaryState()
        if self.observed.canary is None:
            lost = "Kafka has taken its access away. See juju status kafka"
            return CanaryState(operation=operation.number, round=operation.round, complaint=lost)
        return self._tools.canary.state()


def follow(charm: ops.CharmBase, tools: Tools, observed: Observed, archive: Archive) -> None:
    """Do what a unit does that does not lead: its part, and nothing that it began as a leader."""
    leave(tools.canary)
    tools.alarm.set(None)
    run_due(charm, tools.provider, observed, archive, observed.journal)
    rest(charm, observed, observed.journal)


def rest(charm: ops.CharmBase, observed: Observed, journal: Journal) -> None:
    """Until an operation is wanted, what others offer moves nothing but the team's own plans."""
    if not (queue(journal) or observed.plans or observed.schedule):
        pass_over(charm, OPERATIONS)


def leave(canary: Canary) -> None:
    """See to it that no canary of this unit runs on."""
    if canary.state().running:
        canary.stop()


def run_due(
    charm: ops.CharmBase,
    provider: OperationsProvider[Observed, Archive],
    observed: Observed,
    archive: Archive,
    journal: Journal,
) -> None:
    """Do what day2 asks of this unit of its own, into the folder of the operation."""
    task = own.task(charm, PEERS)
    at = archive.at(task.operation) if task else archive
    provider.run_due(dataclasses.replace(observed, journal=journal, task=task), at)


def _plain(plan: Plan) -> dict[str, Any]:
    """A plan as the journal keeps it."""
    return plan.model_dump(mode="json", by_alias=True, exclude_none=True)
