#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Day-2 operations over every application of the model."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import ops

import operations
import plan
from archive import Archive
from dataops.interfaces.kafka_client import KafkaClientRequirer
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from driver import Driver
from observed import KAFKA, REQUESTS, Observed
from preconditions import refusals
from started import started
from status import statuses

logger = logging.getLogger(__name__)

VERBS = {verb.name: verb for verb in discover(operations)}
PLANS = plan.load(Path(__file__).parent / "plans")


class Day2Charm(ops.CharmBase):
    """Asks every application for its verbs, keeps the journal, writes the reports."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.kafka = KafkaClientRequirer(self, KAFKA, REQUESTS)
        # A verb of day2 that is an operation of its own is started, journalled, by a plan.
        answering = [verb for name, verb in VERBS.items() if name not in PLANS]
        self.actions = Actions(self, answering, self._context)
        for name in PLANS:
            framework.observe(self.on[name].action, self._on_operation)
        observe_all(self, self._reconcile)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """Observe, keep a copy of the journal, and move the running operation on."""
        if leaving(event).unit:
            return
        observed = Observed.read(self)
        self.kafka.publish()
        if observed.storage is None:
            return
        archive = Archive(observed.storage)
        archive.mirror(observed.journal)
        if observed.leader:
            Driver(self, VERBS, observed, archive).drive()

    def _on_operation(self, event: ops.ActionEvent) -> None:
        """Refuse with every reason, or journal the operation and begin it."""
        chosen = PLANS[event.handle.kind.removesuffix("_action").replace("_", "-")]
        params: dict[str, Any] = dict(event.params)
        observed, archive = self._context()
        reasons = refusals(chosen, params, observed, VERBS)
        if reasons:
            return event.fail(" ".join(reasons))
        driver = Driver(self, VERBS, observed, archive, log=event.log)
        number = driver.request(chosen, params)
        return event.set_results(started(observed, driver.drive(), number))

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Say what there is to say."""
        for status in statuses(Observed.read(self)):
            event.add_status(status)

    def _context(self) -> tuple[Observed, Archive]:
        """What the verbs of day2 work with."""
        observed = Observed.read(self)
        return observed, Archive(observed.storage or Path())


if __name__ == "__main__":  # pragma: no cover
    ops.main(Day2Charm)
