#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Spark standalone: the master on the leader, a worker on every unit, declared streaming jobs."""

import secrets

import ops

import operations
from cluster import Spark
from condition import look
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.interfaces.kafka_client import KafkaClientRequirer
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.prometheus_scrape import MetricsProvider
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from installation import Installation
from observed import KAFKA, PEERS, Observed, requests
from plan import agree, plan, users
from scrape import scrape_jobs
from status import statuses

VERBS = discover(operations)


class SparkCharm(ops.CharmBase):
    """Whatever happens: observe, agree, plan, apply, tell the others."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        paths = UnitPaths.of(self)
        self.spark = Spark(
            paths,
            services.manager(paths, self.unit.name),
            Installation(paths.root / "spark", self.charm_dir),
            user=ensure_user("spark"),
        )
        self.verbs = OperationsProvider(
            self, "operations", VERBS, role="stream-processing", jobs=Jobs.of(self)
        )
        self.actions = Actions(self, VERBS, lambda: (Observed.read(self), self.spark))
        self._last: Observed | None = None
        observe_all(self, self._reconcile)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        observed = Observed.read(self, leaving(event))
        if self._agree(observed):
            observed = Observed.read(self, leaving(event))
        self._last = observed
        steps = plan(observed)
        self.spark.converge(steps)
        if not observed.leaving.unit:
            self._tell(observed, users(steps))
            self.verbs.run_due(observed, self.spark)

    def _agree(self, observed: Observed) -> bool:
        """Whether the agreement is a new one; says where we are, and as the leader what to do."""
        relation = self.model.get_relation(PEERS)
        if relation is None or observed.leaving.unit:
            return False
        relation.data[self.unit]["address"] = observed.address
        if not observed.leader:
            return False
        agreement = agree(observed, observed.agreement.secret or self._new_secret())
        if agreement == observed.agreement:
            return False
        relation.data[self.app].update(agreement.write())
        return True

    def _new_secret(self) -> str:
        """What all of Spark's processes will share."""
        secret = self.app.add_secret({"secret": secrets.token_urlsafe(32)})
        assert secret.id is not None
        return secret.id

    def _tell(self, observed: Observed, working: frozenset[str]) -> None:
        """What the other side of each relation needs to know."""
        self.verbs.publish_catalogue()
        kafka = KafkaClientRequirer(self, KAFKA, requests(observed.agreement.declared))
        kafka.publish()
        if not self.spark.failure:
            kafka.accept(working)
        rules = self.charm_dir / "src" / "prometheus_alert_rules"
        MetricsProvider(self, "monitoring", scrape_jobs(observed), rules).publish()
        pages = [observed.ports.worker_ui(observed.number)]
        if observed.leader:
            pages += [observed.ports.master_ui, observed.ports.history]
        self.unit.set_ports(*pages)
        if version := self.spark.installation.version:
            self.unit.set_workload_version(version)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        observed = self._last or Observed.read(self)
        for status in statuses(observed, look(self.spark, observed)):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(SparkCharm)
