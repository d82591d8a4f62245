# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Prometheus is told of the certificate: S3Proxy has no metrics to be scraped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ops

from dataops.certificates import expiry_rules
from dataops.interfaces.prometheus_scrape import MetricsProvider
from dataops.interfaces.topology import Topology
from observed import S3, Observed

RULES = "src/prometheus_alert_rules"


def monitoring(charm: ops.CharmBase, observed: Observed) -> MetricsProvider:
    """Until when the certificate is good, and who is to be called before."""
    topology, groups = Topology.of(charm), list[Mapping[str, Any]]()
    if observed.certificate:
        labels = {**topology.labels, "juju_unit": observed.unit}
        end = observed.certificate.leaf.not_after
        groups.append(expiry_rules(labels, {S3: observed.port}, end))
    return MetricsProvider(charm, "monitoring", [], charm.charm_dir / RULES, groups=groups)
