#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Day-2 operations over every application of the model."""

from __future__ import annotations

import logging
from pathlib import Path

import ops

import operations
from alarm import Alarm
from archive import Archive
from canary import Canary
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.interfaces.kafka_client import KafkaClientRequirer
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.prometheus_api import QueryRequirer
from dataops.interfaces.s3 import S3Requirer
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.passing import pass_over
from dataops.reconciler import leaving, observe_all
from desk import Desk
from driver import Driver, Tools, follow
from library import FOLDER, Library, here
from observed import KAFKA, PEERS, PROMETHEUS, REQUESTS, S3, Observed
from safekeeping import Safekeeping
from status import statuses

logger = logging.getLogger(__name__)

VERBS = discover(operations)
# Their names are their actions; they are read when they are needed, which most hooks do not.
PLANS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


class Day2Charm(ops.CharmBase):
    """Asks every application for its verbs, keeps the journal, writes the reports."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        paths, unit = UnitPaths.of(self), self.unit.name
        self.services = services.manager(paths, unit)
        self.safekeeping = Safekeeping(paths, self.services)
        jobs = Jobs(paths, self.services, unit)
        self.kafka = KafkaClientRequirer(self, KAFKA, REQUESTS)
        self.own = OperationsProvider(self, PEERS, VERBS, jobs=jobs)
        self.tools = Tools(
            provider=self.own,
            canary=Canary(paths, self.services, unit),
            alarm=Alarm(paths, self.services, unit),
            library=self._library,
            verbs=VERBS,
        )
        # A verb that is an operation of its own is started, journalled, by a plan; one that is
        # only a step of a plan is no action at all.
        offered = set(self.meta.actions) - set(PLANS)
        self.actions = Actions(self, VERBS.only(offered), self._context)
        self.desk = Desk(self, PLANS, VERBS, self._driver, self._library)
        observe_all(self, self._reconcile)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """Observe, keep a copy of the journal, and move the running operation on."""
        if leaving(event).unit:
            return self.services.remove_all()
        self.own.publish_catalogue()
        observed, archive = self._context()
        self.kafka.publish()
        S3Requirer(self, S3).publish(busy=observed.task is not None)
        if isinstance(event, (ops.StartEvent, ops.UpgradeCharmEvent)):
            self.tools.alarm.ensure_running()
        if observed.storage is None or observed.damage:
            return None
        archive.mirror(observed.journal)
        self.safekeeping.tend(observed, archive)
        if observed.leader:
            Driver(self, self.tools, observed, archive).drive()
        else:
            follow(self, self.tools, observed, archive)
        # Each hook reads them anew, and the canary was told by now.
        self.kafka.accept(observed.users)
        if observed.task is None:
            # A job goes on with what it was told when it began.
            QueryRequirer(self, PROMETHEUS).accept(observed.visitors)
        if not observed.visitors:
            # Where it is, each job reads for itself.
            pass_over(self, PROMETHEUS, unless="secret-user")
        return None

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Say what there is to say."""
        observed = Observed.read(self)
        configured = observed.plans or observed.schedule
        mistakes = self._library().reasons if configured else ()
        for status in statuses(observed, mistakes, self.safekeeping.problem):
            event.add_status(status)

    def _context(self) -> tuple[Observed, Archive]:
        """What the verbs of day2 work with."""
        observed = Observed.read(self)
        return observed, Archive(observed.storage or Path())

    def _driver(self) -> Driver:
        """Moves operations on within an action."""
        self.own.publish_catalogue()
        return Driver(self, self.tools, *self._context())

    def _library(self) -> Library:
        """Every plan that is known now, and when it is run."""
        return here(str(self.config.get("plans", "")), str(self.config.get("schedule", "")))


if __name__ == "__main__":  # pragma: no cover
    ops.main(Day2Charm)
