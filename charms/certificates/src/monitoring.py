# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Prometheus is told of the root: it is served nowhere, so there is nothing to scrape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ops

from dataops.certificates import expiry_rules, parse
from dataops.interfaces.prometheus_scrape import MetricsProvider
from dataops.interfaces.topology import Topology
from observed import Observed

ENDPOINT = "monitoring"
RULES = "src/prometheus_alert_rules"


def monitoring(charm: ops.CharmBase, observed: Observed) -> MetricsProvider:
    """Until when the root that signs is good, and who is to be called before."""
    groups: list[Mapping[str, Any]] = []
    if observed.roots:
        (root,) = parse(observed.roots.current.certificate)
        # Of the application: every unit signs with the same.
        groups.append(expiry_rules(Topology.of(charm).labels, {"root": 0}, root.not_after))
    return MetricsProvider(charm, ENDPOINT, [], charm.charm_dir / RULES, groups=groups)
