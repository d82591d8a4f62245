#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Day-2 operations over every application of the model."""

from __future__ import annotations

import logging
from pathlib import Path

import ops

import operations
from archive import Archive
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.interfaces.kafka_client import KafkaClientRequirer
from dataops.interfaces.operations import OperationsProvider
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from desk import Desk
from driver import Driver, run_due
from library import Library, known
from observed import KAFKA, PEERS, REQUESTS, Observed
from reading import load
from status import statuses

logger = logging.getLogger(__name__)

VERBS = {verb.name: verb for verb in discover(operations)}
PLANS = load(Path(__file__).parent / "plans")


class Day2Charm(ops.CharmBase):
    """Asks every application for its verbs, keeps the journal, writes the reports."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        paths = UnitPaths.of(self)
        manager = services.manager(paths, self.unit.name)
        self.jobs = Jobs(paths, manager, self.unit.name)
        self.kafka = KafkaClientRequirer(self, KAFKA, REQUESTS)
        self.own = OperationsProvider(self, PEERS, tuple(VERBS.values()), jobs=self.jobs)
        # A verb of day2 that is an operation of its own is started, journalled, by a plan.
        answering = [verb for name, verb in VERBS.items() if name not in PLANS]
        self.actions = Actions(self, answering, self._context)
        self.desk = Desk(self, PLANS, VERBS, self._driver, self._library)
        observe_all(self, self._reconcile)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """Observe, keep a copy of the journal, and move the running operation on."""
        if leaving(event).unit:
            return
        self.own.publish_catalogue()
        observed = Observed.read(self)
        self.kafka.publish()
        if observed.storage is None:
            return
        archive = Archive(observed.storage)
        archive.mirror(observed.journal)
        if observed.leader:
            Driver(self, self.own, observed, archive).drive()
        else:
            run_due(self, self.own, observed, archive, observed.journal)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Say what there is to say."""
        for status in statuses(Observed.read(self), self._library().reasons):
            event.add_status(status)

    def _context(self) -> tuple[Observed, Archive]:
        """What the verbs of day2 work with."""
        observed = Observed.read(self)
        return observed, Archive(observed.storage or Path())

    def _driver(self) -> Driver:
        """Moves operations on within an action."""
        self.own.publish_catalogue()
        return Driver(self, self.own, *self._context())

    def _library(self) -> Library:
        """Every plan that is known now."""
        return known(PLANS, str(self.config.get("plans", "")))


if __name__ == "__main__":  # pragma: no cover
    ops.main(Day2Charm)
