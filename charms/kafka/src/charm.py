# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka in KRaft mode."""

from pathlib import Path

import ops
from charmlibs.interfaces.tls_certificates import (
    CertificateRequestAttributes,
    KeyAlgorithm,
    TLSCertificatesRequiresV4,
)

import operations
from admin import Administrator
from broker import Broker
from dataops.host import network, services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.interfaces.kafka_client import KafkaClientProvider
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.prometheus_scrape import MetricsProvider
from dataops.operations import Actions, discover
from dataops.reconciler import Leaving, leaving, observe_all
from effects import REFUSALS, SETBACKS, Effects
from listeners import CLIENT_PORT, METRICS_PORT
from observed import Observed, Tls, World
from peers import Peers
from plan import plan
from status import statuses
from steps import Step
from workload import Workload

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
        self.certificates, self._wanted = self._certificates()
        self.workload = self._workload()
        self.verbs = OperationsProvider(self, "operations", VERBS)
        self.actions = Actions(self, VERBS, lambda: (self._observe_now(), self.workload))
        self._failure = ("", "")
        self._last: Observed | None = None
        # The certificates' library has read its relation by then, and removes old revisions.
        observe_all(self, self._reconcile, drop_revisions=False)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        done: tuple[Step, ...] | None = None
        for _ in range(_ROUNDS):
            with self.workload.administrator() as admin:
                observed = self._observe(admin, event)
                steps = plan(observed)
                if steps == done or not self._apply(steps, observed, admin):
                    break
                done = steps
        if leaving(event).unit or leaving(event).storage:
            return
        self._last = self._observe_now()
        self._tell(self._last)

    def _apply(
        self, steps: tuple[Step, ...], observed: Observed, admin: Administrator | None
    ) -> bool:
        """Whether every step could be taken."""
        broker = self.workload.broker
        effects = Effects(observed, broker, admin, self.peers, self.clients, self._archive)
        try:
            for step in steps:
                effects.apply(step)
        except (*REFUSALS, *SETBACKS) as error:
            if observed.leaving:
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
        world = World(
            broker=self.workload.broker.facts(),
            cluster=admin.facts() if admin else None,
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

    def _workload(self) -> Workload:
        paths = UnitPaths.of(self)
        attached = self.model.storages["data"]
        broker = Broker(
            paths=paths,
            services=services.manager(paths, self.unit.name),
            user=ensure_user("kafka"),
            storage=attached[0].location if attached else None,
            address=self.address,
        )
        others = [peer.address for peer in self.peers.units() if peer.address]
        return Workload(broker, tuple(dict.fromkeys([self.address, *others])))

    def _certificates(self) -> tuple[TLSCertificatesRequiresV4, CertificateRequestAttributes]:
        """One certificate per unit; its name is the broker's identity."""
        wanted = CertificateRequestAttributes(
            common_name=self.unit.name.replace("/", "-"),
            sans_ip={self.address},
            add_unique_id_to_subject_name=False,
        )
        refresh = [self.on.config_changed, self.on.update_status]
        requirer = TLSCertificatesRequiresV4(
            self,
            "certificates",
            [wanted],
            refresh_events=refresh,
            key_algorithm=KeyAlgorithm.ECDSA,
        )
        return requirer, wanted

    def _archive(self) -> Path | None:
        """The attached resource; an empty one, or none, means Maven."""
        try:
            path = self.model.resources.fetch("kafka")
        except (ops.ModelError, NameError):
            return None
        return path if path.stat().st_size else None

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        for status in statuses(self._last or self._observe_now()):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(KafkaCharm)
