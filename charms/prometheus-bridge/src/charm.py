#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Prometheus for the applications of a model."""

from __future__ import annotations

import socket

import ops
from charmlibs.interfaces.tls_certificates import (
    CertificateRequestAttributes,
    KeyAlgorithm,
    TLSCertificatesRequiresV4,
)

import operations
from bridge import Bridge
from condition import Condition
from dataops.host import network, services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.interfaces.operations import OperationsProvider
from dataops.interfaces.prometheus_api import QueryProvider
from dataops.interfaces.prometheus_remote_write import RemoteWriteRequirer
from dataops.interfaces.prometheus_scrape import MetricsConsumer, MetricsProvider
from dataops.jobs import Jobs
from dataops.operations import Actions, discover
from dataops.reconciler import leaving, observe_all
from observed import OWN_RULES, Observed
from plan import plan
from status import statuses

VERBS = discover(operations)


class PrometheusBridgeCharm(ops.CharmBase):
    """Whatever happens: observe, plan, apply, tell the others."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        paths = UnitPaths.of(self)
        self.bridge = Bridge(
            paths,
            services.manager(paths, self.unit.name),
            workload=self.charm_dir / "workload.txt",
            user=ensure_user("prometheus"),
        )
        self.certificates = self._certificates()
        self.verbs = OperationsProvider(
            self, "operations", VERBS, role="monitoring", jobs=Jobs.of(self)
        )
        self.actions = Actions(self, VERBS, lambda: (self._observe(), self.bridge))
        observe_all(
            self,
            self._reconcile,
            extra=[self.certificates.on.certificate_available],
            drop_revisions=False,
        )
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def _reconcile(self, event: ops.EventBase) -> None:
        """The one road for all events."""
        observed = self._observe(event)
        self.bridge.converge(plan(observed))
        if observed.leaving.unit:
            return
        condition = self._condition(observed)
        self._tell(observed, condition)
        self.verbs.run_due(observed, self.bridge)

    def _tell(self, observed: Observed, condition: Condition) -> None:
        """What the other side of each relation needs to know."""
        self.verbs.publish_catalogue()
        MetricsConsumer(self, "monitoring").refuse(condition.reasons())
        RemoteWriteRequirer(self, "send-remote-write").publish(self.bridge.alert_rules())
        if condition.version:
            self.unit.set_workload_version(condition.version)
        if condition.running and observed.config:
            self.unit.set_ports(observed.config.port)
            ca = observed.certificate.ca if observed.certificate else ""
            QueryProvider(self, "query").publish(observed.url, ca)
            self._monitoring(observed).publish()

    def _monitoring(self, observed: Observed) -> MetricsProvider:
        """Our own metrics, for another Prometheus."""
        port = observed.config.port if observed.config else 9090
        job = {"metrics_path": "/metrics", "static_configs": [{"targets": [f"*:{port}"]}]}
        if observed.certificate:
            job |= {"scheme": "https", "tls_config": {"ca_file": observed.certificate.ca}}
        return MetricsProvider(self, "self-monitoring", [job], self.charm_dir / OWN_RULES)

    def _certificates(self) -> TLSCertificatesRequiresV4:
        """One certificate per unit, for its address and its name."""
        request = CertificateRequestAttributes(
            common_name=self.unit.name.replace("/", "-"),
            sans_ip={network.address(self, "query")},
            sans_dns={socket.getfqdn()},
        )
        return TLSCertificatesRequiresV4(
            self, "certificates", [request], key_algorithm=KeyAlgorithm.ECDSA
        )

    def _observe(self, event: ops.EventBase | None = None) -> Observed:
        """The facts, read once."""
        return Observed.read(self, self.certificates, leaving(event) if event else None)

    def _condition(self, observed: Observed) -> Condition:
        """The workload as it is now."""
        return self.bridge.condition(observed.url, observed.data)

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        """Facts to statuses; the worst is shown."""
        observed = self._observe()
        for status in statuses(observed, self._condition(observed)):
            event.add_status(status)


if __name__ == "__main__":  # pragma: nocover
    ops.main(PrometheusBridgeCharm)
