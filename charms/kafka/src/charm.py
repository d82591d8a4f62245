# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka in KRaft mode."""

import functools

import ops

import operations
import wiring
from admin import Administrator, ClusterError
from dataops.host import network
from dataops.interfaces.kafka_client import KafkaClientProvider
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.prometheus_scrape import MetricsProvider
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import Leaving, leaving, observe_all
from effects import REFUSALS, SETBACKS, Effects
from listeners import CLIENT_PORT, METRICS_PORT
from observed import Observed, Tls, World
from peers import Peers
from plan import plan
from status import statuses
from steps import Step

VERBS = discover(operations)
JOBS = [{"metrics_path": "/metrics", "static_configs": [{"targets": [f"*:{METRICS_PORT}"]}]}]
# A deployment's first hook goes from nothing to a voter in this many plans at most.
_ROUNDS = 10


class KafkaCharm(ops.CharmBase):
    """Whatever happens: observe, plan, apply, until there is nothing left to do."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.address = network.address(self, "cluster")
        self.peers = Peers(self, "cluster")
        self.clients = KafkaClientProvider(self, "kafka-client")
        self.certificates, self._wanted = wiring.certificates(self, self.address)
        self.workload = wiring.workload(self, self.address, self.peers)
        self.verbs = OperationsProvider(
            self, "operations", VERBS, role="event-streaming", jobs=Jobs.of(self)
        )
        self.actions = Actions(self, VERBS, lambda: (self._observe_now(), self.workload))
        self._failure = ("", "")
        self._last: Observed | None = None
        # The certificates' library has read its relation by then, and removes old revisions.
        observe_all(self, self._reconcile, drop_revisions=False)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        goes = bool(leaving(event).unit or leaving(event).storage)
        done: tuple[Step, ...] | None = None
        # A departure is one plan: what it leaves behind would look like something to mend.
        for _ in range(1 if goes else _ROUNDS):
            with self.workload.administrator() as admin:
                observed = self._observe(admin, event)
                steps = plan(observed)
                if steps == done or not self._apply(steps, observed, admin):
                    break
                done = steps
        if goes:
            return
        self._last = self._observe_now()
        self._tell(self._last)

    def _apply(
        self, steps: tuple[Step, ...], observed: Observed, admin: Administrator | None
    ) -> bool:
        """Whether every step could be taken."""
        broker = self.workload.broker
        archive = functools.partial(wiring.archive, self)
        effects = Effects(observed, broker, admin, self.peers, self.clients, archive)
        try:
            for step in steps:
                effects.apply(step)
        except (*REFUSALS, *SETBACKS) as error:
            if observed.leaving.unit or observed.leaving.storage:
                # Nothing may be given up half-way: Juju runs this hook again.
                raise
            self._failure = (str(error), "") if isinstance(error, REFUSALS) else ("", str(error))
            return False
        return True

    def _tell(self, observed: Observed) -> None:
        """What the other side of each relation needs to know."""
        self.verbs.publish_catalogue()
        rules = self.charm_dir / "src" / "prometheus_alert_rules"
        MetricsProvider(self, "monitoring", JOBS, rules).publish()
        if observed.broker.release:
            self.unit.set_workload_version(observed.broker.release)
        if observed.broker.listening:
            self.unit.set_ports(CLIENT_PORT)
        self.verbs.run_due(observed, self.workload)

    def _observe(
        self, admin: Administrator | None, event: ops.EventBase | None = None
    ) -> Observed:
        """The facts, read once."""
        problem, setback = self._failure
        try:
            cluster = admin.facts() if admin else None
        except ClusterError as error:
            cluster, setback = None, str(error)
        world = World(
            broker=self.workload.broker.facts(),
            cluster=cluster,
            tls=Tls.of(*self.certificates.get_assigned_certificate(self._wanted)),
            address=self.address,
            problem=problem,
            setback=setback,
            leaving=leaving(event) if event else Leaving(),
            upgraded=isinstance(event, ops.UpgradeCharmEvent),
        )
        return Observed.read(self, world, self.peers, self.clients)

    def _observe_now(self) -> Observed:
        with self.workload.administrator() as admin:
            return self._observe(admin)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        for status in statuses(self._last or self._observe_now()):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(KafkaCharm)
