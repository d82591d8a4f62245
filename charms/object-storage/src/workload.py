# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs work with: this unit's store, its keys, its certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ops

from dataops.certificates import expiry_rules, renewal
from dataops.certificates.requester import Requester
from dataops.interfaces.prometheus_scrape import MetricsProvider
from dataops.interfaces.s3 import S3Provider
from dataops.interfaces.topology import Topology
from observed import S3, Observed
from server import Server
from vault import Vault

RULES = "src/prometheus_alert_rules"


def monitoring(charm: ops.CharmBase, observed: Observed) -> MetricsProvider:
    """What Prometheus is told of the certificate: S3Proxy has no metrics to be scraped."""
    topology, groups = Topology.of(charm), list[Mapping[str, Any]]()
    if observed.certificate:
        labels = {**topology.labels, "juju_unit": observed.unit}
        end = observed.certificate.leaf.not_after
        groups.append(expiry_rules(labels, {S3: observed.port}, end))
    return MetricsProvider(charm, "monitoring", [], charm.charm_dir / RULES, groups=groups)


class Workload(Vault):
    """The keys of the application, with this unit's store and its certificate."""

    def __init__(
        self, charm: ops.CharmBase, provider: S3Provider, server: Server, requester: Requester
    ) -> None:
        super().__init__(charm, provider)
        self.server = server
        self.requester = requester

    def site(self, observed: Observed) -> renewal.Site:
        """Where the certificate of this unit is renewed."""
        return renewal.Site(
            unit=observed.unit,
            address=observed.address,
            ports={S3: observed.port},
            tls=observed.tls,
            requester=self.requester,
            ledger=renewal.Ledger(observed.paths.etc),
            process=self.server.process,
        )
