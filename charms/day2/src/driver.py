# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Carries out what the executor asks for: journal records, tasks in databags, own verbs."""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Callable, Mapping
from typing import Any

import ops

from archive import Archive
from dataops.interfaces.operations import OperationsRequirer, perform, utc_now
from dataops.operations import AnyVerb
from executor import Ask, Facts, Note, RunHere, advance, answered
from history import current
from journal import Journal, Kind, append, tail, to_text
from observed import JOURNAL_KEY, OPERATIONS, PEERS, Observed
from plan import Plan

logger = logging.getLogger(__name__)

# What the peers' databag may hold; older records stay in the copy of every unit's storage.
_DATABAG_BYTES = 128 * 1024


class Driver:
    """Moves the operations of the journal on, as far as they can go now. Leader only.

    Args:
        charm: the charm.
        verbs: what day2 offers itself.
        observed: the facts of this hook or action.
        archive: this unit's storage.
        log: takes progress lines.
        now: the clock (UTC).
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        verbs: Mapping[str, AnyVerb],
        observed: Observed,
        archive: Archive,
        *,
        log: Callable[[str], None] = logger.info,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._charm = charm
        self._verbs = verbs
        self._observed = observed
        self._archive = archive
        self._log = log
        self._now = now
        self._requirer = OperationsRequirer(charm, OPERATIONS)
        self.journal: Journal = observed.journal

    def request(self, plan: Plan, params: Mapping[str, Any]) -> int:
        """The number of a new operation, journalled; `drive` begins it."""
        number = max((record.operation for record in self.journal), default=0) + 1
        body = {
            "plan": plan.model_dump(mode="json", by_alias=True, exclude_none=True),
            "params": dict(params),
            "by": f"action on {self._observed.unit}",
        }
        self._note(Note(Kind.REQUESTED, number, body))
        return number

    def drive(self) -> Journal:
        """The journal, after everything that can be done now is done.

        The databags hold the journal and the tasks together, so that both land with the hook or
        neither does.
        """
        requests = advance(self.journal, self._facts())
        while any(isinstance(request, (Note, RunHere)) for request in requests):
            for request in requests:
                self._apply(request)
            requests = advance(self.journal, self._facts())
        for request in requests:
            self._apply(request)
        self._publish()
        return self.journal

    def _apply(self, request: Note | RunHere | Ask) -> None:
        """Carry out one request."""
        if isinstance(request, Note):
            self._note(request)
        elif isinstance(request, RunHere):
            self._run(request)
        else:
            self._requirer.request(request.application, request.task)

    def _run(self, request: RunHere) -> None:
        """Run a verb of our own and note its answer."""
        task = request.task
        observed = dataclasses.replace(self._observed, journal=self.journal)
        archive = self._archive.at(task.operation)
        outcome = perform(
            self._verbs[task.verb], task, observed, archive, now=self._now, log=self._log
        )
        self._note(answered(task.operation, observed.application, outcome))

    def _note(self, note: Note) -> None:
        """Append to the journal, and tell the caller."""
        self.journal = append(self.journal, self._now(), note.kind, note.operation, note.body)
        logger.info("Operation %s: %s", note.operation, note.kind.value)

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
            now=self._now(),
            unit=self._observed.unit,
            verbs=tuple(self._verbs),
            participants=self._observed.participants,
        )
