#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Prometheus for the applications of a model."""

from __future__ import annotations

import ops

import operations
import wiring
from accounts import relation_holder
from condition import Condition
from dataops.host import network, services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.prometheus_api import Login, QueryProvider
from dataops.interfaces.prometheus_remote_write import RemoteWriteRequirer
from dataops.interfaces.prometheus_scrape import MetricsConsumer
from dataops.interfaces.s3 import S3Requirer
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from ledger import QUERY, Ledger
from observed import S3, Observed
from plan import plan
from status import statuses
from workload import Workload

VERBS = discover(operations)
# A change of passwords that waits for people, and a long start, are looked at so often.
_SECONDS = 30.0


class PrometheusBridgeCharm(ops.CharmBase):
    """Whatever happens: observe, plan, apply, tell the others."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        paths = UnitPaths.of(self)
        self.ledger = Ledger(self)
        self.requester = wiring.certificates(self)
        self.bridge = Workload(
            self.ledger,
            self.requester,
            paths,
            services.manager(paths, self.unit.name),
            workload=self.charm_dir / "workload.txt",
            user=ensure_user("prometheus"),
        )
        self.jobs = Jobs.of(self)
        self.verbs = OperationsProvider(
            self, "operations", VERBS, role="monitoring", jobs=self.jobs
        )
        self.actions = Actions(
            self, VERBS, lambda: (self._observe(), self.bridge), self.jobs.look_again
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
        if observed.leader and not observed.leaving.unit:
            observed = observed.knowing(self.ledger.advance(observed.accounts))
        if not observed.leaving.unit and self.bridge.site(observed).recover():
            observed = self._observe(event)
        self.bridge.converge(plan(observed))
        if observed.leaving.unit:
            return
        condition = self._condition(observed)
        self._tell(observed, condition)
        if observed.leader and condition.well:
            observed = observed.knowing(self.bridge.prove(observed))
        self.verbs.run_due(observed, self.bridge)
        changing = observed.leader and observed.accounts.changing
        if changing or (condition.running and not condition.ready):
            # One that is long in starting tells nobody when it has.
            self.jobs.look_again(_SECONDS)

    def _tell(self, observed: Observed, condition: Condition) -> None:
        """What the other side of each relation needs to know."""
        self.verbs.publish_catalogue()
        S3Requirer(self, S3).publish()
        MetricsConsumer(self, "monitoring").refuse(condition.reasons())
        RemoteWriteRequirer(self, "send-remote-write").publish(self.bridge.alert_rules())
        if condition.version:
            self.unit.set_workload_version(condition.version)
        if condition.running and observed.config:
            network.open_ports(self.unit, observed.config.port)
        if observed.leaving.broken is not None:
            QueryProvider(self, QUERY).withdraw(observed.leaving.broken)
        if condition.well:
            wiring.monitoring(self, observed).publish()
            MetricsConsumer(self, "monitoring").accept()
            ca = observed.certificate.ca if observed.certificate else ""
            QueryProvider(self, QUERY).publish(observed.url, ca, self._logins(observed))
            self.ledger.tell(observed.user, observed.url)

    def _logins(self, observed: Observed) -> dict[int, Login]:
        """As whom each related application may ask."""
        if observed.own_account is None:
            return {}
        found = {
            relation.id: observed.accounts.of(relation_holder(relation.id))
            for relation in self.model.relations[QUERY]
        }
        return {each: Login(one.user, one.password) for each, one in found.items() if one}

    def _observe(self, event: ops.EventBase | None = None) -> Observed:
        """The facts, read once."""
        tls = wiring.tls(self, self.requester)
        return Observed.read(self, tls, self.ledger.read(), leaving(event) if event else None)

    def _condition(self, observed: Observed) -> Condition:
        """The workload as it is now."""
        return self.bridge.condition(observed.url, observed.data, observed.user)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        observed = self._observe()
        for status in statuses(observed, self._condition(observed)):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(PrometheusBridgeCharm)
