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
from archive import Archive
from dataops.interfaces.operations import OperationsProvider, OperationsRequirer, utc_now
from executor import advance
from history import current
from journal import Journal, Kind, append, tail, to_text
from observed import JOURNAL_KEY, OPERATIONS, PEERS, Observed
from plan import Plan
from seam import Ask, Facts, Note, Request

logger = logging.getLogger(__name__)

# What the peers' databag may hold; older records stay in the copy of every unit's storage.
_DATABAG_BYTES = 128 * 1024


class Driver:
    """Moves the operations of the journal on, as far as they can go now. Leader only.

    Args:
        charm: the charm.
        provider: runs what day2 is to do itself.
        observed: the facts of this hook or action.
        archive: this unit's storage.
        now: the clock (UTC).
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        provider: OperationsProvider[Observed, Archive],
        observed: Observed,
        archive: Archive,
        *,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._charm = charm
        self._provider = provider
        self.observed = observed
        self._archive = archive
        self._now = now
        self._related = OperationsRequirer(charm, OPERATIONS)
        self._peers = OperationsRequirer(charm, PEERS)
        self.journal: Journal = observed.journal

    def request(self, plan: Plan, params: Mapping[str, Any], plans: Mapping[str, Plan]) -> int:
        """The number of a new operation, journalled; `drive` begins it."""
        number = max((record.operation for record in self.journal), default=0) + 1
        body: dict[str, Any] = {
            "plan": _plain(plan),
            "params": dict(params),
            "by": f"action on {self.observed.unit}",
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
        while True:
            for request in self._settle():
                self._apply(request)
            if not self._do_our_part():
                self._publish()
                return self.journal

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
            case _:
                pass

    def _do_our_part(self) -> bool:
        """Whether this unit has answered what day2 itself is asked."""
        before = self.observed.own
        run_due(self._charm, self._provider, self.observed, self._archive, self.journal)
        observed = dataclasses.replace(self.observed, own=own.participant(self._charm, PEERS))
        self.observed = observed
        return observed.own != before

    def _publish(self) -> None:
        """Put the newest records where every unit of day2 sees them."""
        running = current(self.journal)
        kept = tail(self.journal, _DATABAG_BYTES, running.number if running else None)
        peers = self._charm.model.get_relation(PEERS)
        if peers is not None:
            peers.data[self._charm.app][JOURNAL_KEY] = to_text(kept)

    def _facts(self) -> Facts:
        """What the executor decides by."""
        return Facts(
            now=self._now(), unit=self.observed.unit, participants=self.observed.everybody
        )


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
