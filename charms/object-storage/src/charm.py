#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A development object store."""

from __future__ import annotations

import time

import ops

import operations
from dataops.certificates.requester import Requester
from dataops.host import network, services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.host.wake import Waker
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.s3 import S3Provider
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from observed import S3, Condition, Observed
from plan import plan
from server import Server
from status import statuses
from workload import Workload

VERBS = discover(operations)
# A change of all keys that waits for others is looked at so often.
_SECONDS = 5.0


class ObjectStorageCharm(ops.CharmBase):
    """Whatever happens: observe, agree on keys, plan, apply, tell the others."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        paths = UnitPaths.of(self)
        manager = services.manager(paths, self.unit.name)
        waker, user = Waker(manager, self.unit.name), ensure_user("s3proxy")
        self.server = Server(paths, manager, waker, self.charm_dir / "pom.xml", user)
        # One certificate per unit, for its address and its name.
        self.requester = Requester.of(self, network.address(self, S3), [network.name()])
        self.vault = Workload(self, S3Provider(self, S3), self.server, self.requester)
        self.jobs = Jobs.of(self)
        self.verbs = OperationsProvider(
            self, "operations", VERBS, role="object-storage", jobs=self.jobs
        )
        self.actions = Actions(
            self, VERBS, lambda: (self._observe(), self.vault), self.jobs.look_again
        )
        observe_all(
            self,
            self._reconcile,
            extra=[self.requester.library.on.certificate_available],
            drop_revisions=False,
        )
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        observed = self._observe(event)
        asked = not observed.leaving.unit and self.vault.site(observed).recover()
        if self.vault.agree(observed) or asked:
            observed = self._observe(event)
        self.server.converge(plan(observed))
        if not observed.leaving.unit:
            self._tell(observed)

    def _tell(self, observed: Observed) -> None:
        """What the other side of each relation needs to know."""
        self.verbs.publish_catalogue()
        if self.model.relations["monitoring"]:
            # Here, because most hooks need none of it.
            from monitoring import monitoring

            monitoring(self, observed).publish()
        condition = self._condition(observed)
        if condition.running and observed.config:
            network.open_ports(self.unit, observed.config.port)
            self.vault.answer(observed)
        if condition.version:
            self.unit.set_workload_version(condition.version)
        if condition.listening and self.vault.prove(observed):
            observed = self._observe()
        self.verbs.run_due(observed, self.vault)
        if observed.leader and observed.keyring.changing:
            self.jobs.look_again(_SECONDS)

    def _observe(self, event: ops.EventBase | None = None) -> Observed:
        """The facts, read once."""
        tls = self.requester.state(self.server.identity.read(), time.time())
        return Observed.read(self, tls, leaving(event) if event else None)

    def _condition(self, observed: Observed) -> Condition:
        """The workload as it is now."""
        port = observed.config.port if observed.config else 0
        return self.server.condition(observed.address, port, observed.data)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        observed = self._observe()
        for status in statuses(observed, self._condition(observed)):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(ObjectStorageCharm)
