#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Credentials for one Kafka topic, for people and programs outside the model."""

from __future__ import annotations

import ops

import operations
from dataops.interfaces.kafka_client import KafkaClientRequirer
from dataops.interfaces.operations import OperationsProvider
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from observed import CONTRACT, ENDPOINT, Observed
from plan import Step, plan
from status import statuses

VERBS = discover(operations)
# What a verb answers over a relation lies in a databag: credentials are for the action alone.
OFFERED = VERBS.only(set(VERBS) - {"get-credentials"})


class DataAccessCharm(ops.CharmBase):
    """Whatever happens: observe, plan, apply."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.jobs = Jobs.of(self)
        self.verbs = OperationsProvider(
            self, "operations", OFFERED, role="integrator", jobs=self.jobs
        )
        self.actions = Actions(self, VERBS, lambda: (self._observe(), None))
        observe_all(self, self._reconcile)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        observed = self._observe(event)
        for step in plan(observed):
            self._apply(step)
        if observed.leaving.unit:
            self.jobs.remove_all()
        else:
            self.verbs.publish_catalogue()
            self.verbs.run_due(observed, None)

    def _apply(self, step: Step) -> None:
        """There is only one kind of step: to ask."""
        KafkaClientRequirer(self, ENDPOINT, step.requests, version=CONTRACT).publish()

    def _observe(self, event: ops.EventBase | None = None) -> Observed:
        """The facts, read once."""
        return Observed.read(self, leaving(event) if event else None)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        for status in statuses(self._observe()):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(DataAccessCharm)
