# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka in KRaft mode."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import ops

import operations
import wiring
from dataops.certificates.requester import Requester
from dataops.host import network
from dataops.interfaces.kafka_client import KafkaClientProvider
from dataops.interfaces.operations import OperationsProvider
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import Leaving, leaving, observe_all
from effects import REFUSALS, SETBACKS
from facts import ClusterError
from observed import Observed, World
from peers import Peers
from plan import plan
from status import statuses
from steps import AwaitOthers, Steps

if TYPE_CHECKING:
    from admin import Administrator

VERBS = discover(operations)
# A deployment's first hook goes from nothing to a voter in this many plans at most.
_ROUNDS = 10


class KafkaCharm(ops.CharmBase):
    """Whatever happens: observe, plan, apply, until there is nothing left to do."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        # Before the certificates' library removes the revision: Juju then hides the secret.
        framework.observe(self.on.secret_remove, self._reconcile)
        self.address = network.address(self, "cluster")
        self.peers = Peers(self, "cluster")
        self.clients = KafkaClientProvider(self, "kafka-client")
        self.requester = Requester.of(self, self.address)
        self.workload = wiring.workload(self, self.address, self.peers, self.requester)
        jobs, role = Jobs.of(self), "event-streaming"
        self.verbs = OperationsProvider(self, "operations", VERBS, role=role, jobs=jobs)
        self.actions = Actions(
            self, VERBS, lambda: (self._observe_now(), self.workload), jobs.look_again
        )
        self._failure = ("", "")
        self._last: Observed | None = None
        observe_all(self, self._reconcile, drop_revisions=False)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        going, removal = leaving(event), isinstance(event, ops.SecretRemoveEvent)
        if going.unit or going.storage or removal:
            # One plan: what goes, or is hidden while it goes, would look like something to mend.
            while AwaitOthers in map(type, self._round(event)[1]):
                continue
            return
        self.clients.keep_up(event)
        self._last = self._settle(event)
        self._tell(self._last)

    def _settle(self, event: ops.EventBase) -> Observed:
        """The facts, once nothing is left to do."""
        done: Steps | None = None
        for _ in range(_ROUNDS):
            observed, steps, changed = self._round(event, done)
            if not changed:
                return self._observe_now() if any(self._failure) else observed
            done = steps
        return self._observe_now()

    def _round(
        self, event: ops.EventBase, done: Steps | None = None
    ) -> tuple[Observed, Steps, bool]:
        """The facts, what follows from them, and whether doing it (if not done) changed them."""
        with self.workload.administrator() as admin:
            observed = self._observe(admin, event)
            steps = plan(observed)
            return observed, steps, steps != done and self._apply(steps, observed, admin)

    def _apply(self, steps: Steps, observed: Observed, admin: Administrator | None) -> bool:
        """Whether every step could be taken, and one of them changed something."""
        effects = wiring.effects(self, observed, self.workload, admin, self.clients)
        try:
            # Every step is taken, whatever the first of them changed.
            changed = [effects.apply(step) for step in steps]
            return any(changed)
        except (*REFUSALS, *SETBACKS) as error:
            if observed.leaving.unit or observed.leaving.storage:
                # Nothing may be given up half-way: Juju runs this hook again.
                raise
            self._failure = (str(error), "") if isinstance(error, REFUSALS) else ("", str(error))
            return False

    def _tell(self, observed: Observed) -> None:
        """What the other side of each relation needs to know."""
        self.verbs.publish_catalogue()
        wiring.publish(self, observed)
        if observed.broker.release:
            self.unit.set_workload_version(observed.broker.release)
        self.verbs.run_due(observed, self.workload)

    def _observe(
        self, admin: Administrator | None, event: ops.EventBase | None = None
    ) -> Observed:
        """The facts, read once."""
        (problem, setback), now = self._failure, time.time()
        try:
            cluster = admin.facts() if admin else None
        except ClusterError as error:
            cluster, setback = None, str(error)
        world = World(
            broker=self.workload.broker.facts(),
            cluster=cluster,
            tls=self.requester.assigned(now),
            denied=self.requester.denied(),
            address=self.address,
            problem=problem,
            setback=setback,
            leaving=leaving(event) if event else Leaving(),
            upgraded=isinstance(event, ops.UpgradeCharmEvent),
            now=now,
            traffic=wiring.traffic(self.workload, cluster),
            released=self.clients.released(event) if event else None,
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
