#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Spark standalone: the master on the leader, a worker on every unit, declared streaming jobs."""

import ops

import operations
import wiring
from cluster import identity_of
from condition import look
from dataops.host import network, services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.interfaces.kafka_client import KafkaClientRequirer
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.s3 import S3Requirer
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from installation import Installation
from observed import KAFKA, S3, Observed, requests
from peers import Peers
from plan import plan
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
        self.peers = Peers(self)
        self.requester = wiring.certificates(self, identity_of(paths))
        self.spark = Workload(
            self.peers.write_change,
            self.requester,
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
            self, VERBS, lambda: (self._observe(), self.spark), self.jobs.look_again
        )
        self._last: Observed | None = None
        library = self.requester.library if self.requester else None
        extra = [library.on.certificate_available] if library else []
        # That library removes old revisions of secrets by itself.
        observe_all(self, self._reconcile, extra=extra, drop_revisions=library is None)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        observed = self._observe(event)
        overdue = observed.tls.overdue and not observed.leaving.unit
        asked = overdue and self.spark.site(observed).recover()
        if self.peers.agree(observed) or asked:
            observed = self._observe(event)
        self._last = observed
        steps = plan(observed)
        self.spark.converge(steps)
        if not observed.leaving.unit:
            self._tell(observed, self.spark.users(steps))
            if observed.leader and self.peers.prove(observed):
                observed = self._observe(event)
            self.verbs.run_due(observed, self.spark)
            if observed.leader and observed.agreement.changing:
                self.jobs.look_again(_SECONDS)

    def _observe(self, event: ops.EventBase | None = None) -> Observed:
        """The facts, read once."""
        tls = wiring.tls(self.requester, self.spark)
        return Observed.read(self, tls, leaving(event) if event else None)

    def _tell(self, observed: Observed, working: frozenset[str] | None) -> None:
        """What the other side of each relation needs to know."""
        self.verbs.publish_catalogue()
        kafka = KafkaClientRequirer(self, KAFKA, requests(observed.agreement.declared))
        kafka.publish()
        S3Requirer(self, S3).publish(busy=self.jobs.busy)
        if not self.spark.failure:
            self.peers.tell(observed)
            if working is not None:
                kafka.accept(working)
            wiring.drivers(self, observed, self.spark)
        wiring.monitoring(self, observed)
        network.open_ports(self.unit, *observed.pages)
        if version := self.spark.installation.version:
            self.unit.set_workload_version(version)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        observed = self._last or self._observe()
        for status in statuses(observed, look(self.spark, observed)):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(SparkCharm)
