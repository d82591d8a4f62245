#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Spark standalone: the master on the leader, a worker on every unit, declared streaming jobs."""

import time

import ops

import operations
import rpc_secret
from agreement import Agreement
from condition import look
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.interfaces.kafka_client import KafkaClientRequirer
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.prometheus_scrape import MetricsProvider
from dataops.interfaces.s3 import S3Requirer
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from dataops.rotation import Rotation
from installation import Installation
from observed import KAFKA, PEERS, S3, Observed, requests
from plan import agree, plan, users
from rpc_login import SilentError, accepts
from rpc_secret import Secrets
from scrape import scrape_jobs
from status import statuses
from workload import Workload

VERBS = discover(operations)
# A change of the shared secret that waits for other units is looked at so often.
_SECONDS = 10.0


class SparkCharm(ops.CharmBase):
    """Whatever happens: observe, agree, plan, apply, tell the others."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        paths = UnitPaths.of(self)
        self.spark = Workload(
            self._write_change,
            paths,
            services.manager(paths, self.unit.name),
            Installation(paths.root / "spark", self.charm_dir),
            user=ensure_user("spark"),
        )
        self.jobs = Jobs.of(self)
        self.verbs = OperationsProvider(
            self, "operations", VERBS, role="stream-processing", jobs=self.jobs
        )
        self.actions = Actions(
            self, VERBS, lambda: (Observed.read(self), self.spark), self.jobs.look_again
        )
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
            if observed.leader and self._prove(observed):
                observed = Observed.read(self, leaving(event))
            self.verbs.run_due(observed, self.spark)
            if observed.leader and observed.agreement.changing:
                self.jobs.look_again(_SECONDS)

    def _agree(self, observed: Observed) -> bool:
        """Whether the agreement is a new one; says where we are, and as the leader what to do."""
        relation = self.model.get_relation(PEERS)
        if relation is None or observed.leaving.unit:
            return False
        relation.data[self.unit]["address"] = observed.address
        if not observed.leader:
            return False
        agreement = agree(observed, observed.agreement.secret or rpc_secret.made(self.app))
        change = agreement.change
        if change and not change.began and observed.secret:
            known = Secrets(observed.secret)
            rpc_secret.renew(self.model, agreement.secret, known)
            began = rpc_secret.begun(change, agreement.generation, time.time())
            agreement = agreement.changed(began, agreement.generation + 1)
        if agreement == observed.agreement:
            return False
        relation.data[self.app].update(agreement.write())
        return True

    def _prove(self, observed: Observed) -> bool:
        """Whether the old secret, which nobody works with any more, was now seen to be refused."""
        change, known = observed.agreement.change, Secrets(observed.secret, observed.old_secret)
        if change is None or change.finished or not change.began:
            return False
        if rpc_secret.waiting(change, observed.works_with, time.time()) and not change.force:
            return False
        try:
            if not rpc_secret.refused(observed.rpc, known, accepts):
                return False
        except SilentError:
            return False
        rpc_secret.forget(self.model, observed.agreement.secret, known)
        self._write_change(change.proved(rpc_secret.RPC))
        return True

    def _write_change(self, change: Rotation) -> None:
        """Have every later hook know how far the change of the shared secret is."""
        relation = self.model.get_relation(PEERS)
        if relation:
            agreement = Agreement.read(relation.data[self.app]).changed(change)
            relation.data[self.app].update(agreement.write())

    def _tell(self, observed: Observed, working: frozenset[str]) -> None:
        """What the other side of each relation needs to know."""
        self.verbs.publish_catalogue()
        peers = self.model.get_relation(PEERS)
        if peers and observed.secret and not self.spark.failure:
            which = rpc_secret.name(observed.agreement.generation)
            peers.data[self.unit]["works-with"] = which
        kafka = KafkaClientRequirer(self, KAFKA, requests(observed.agreement.declared))
        kafka.publish()
        if not self.spark.failure:
            kafka.accept(working)
        S3Requirer(self, S3).publish(busy=self.jobs.busy)
        rules = self.charm_dir / "src" / "prometheus_alert_rules"
        MetricsProvider(self, "monitoring", scrape_jobs(observed), rules).publish()
        self.unit.set_ports(*observed.pages)
        if version := self.spark.installation.version:
            self.unit.set_workload_version(version)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        observed = self._last or Observed.read(self)
        for status in statuses(observed, look(self.spark, observed)):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(SparkCharm)
