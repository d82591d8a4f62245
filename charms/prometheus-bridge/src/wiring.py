# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What the charm is made of, made from what Juju says: its certificate, its own metrics."""

from __future__ import annotations

import time

import ops

from accounts import SCRAPERS
from dataops.certificates import TlsState
from dataops.certificates.requester import Requester
from dataops.host import network
from dataops.host.paths import UnitPaths
from dataops.interfaces.prometheus_api import Login
from dataops.interfaces.prometheus_scrape import MetricsProvider
from ledger import SELF_MONITORING
from observed import OWN_RULES, Observed
from plan import Files


def certificates(charm: ops.CharmBase) -> Requester:
    """Who asks for one certificate per unit, for its address and its name."""
    return Requester.of(charm, network.address(charm, "query"), [network.name()])


def tls(charm: ops.CharmBase, requester: Requester) -> TlsState:
    """How it stands with that certificate, beside the one that was served last."""
    return requester.state(Files(UnitPaths.of(charm).etc).identity.read(), time.time())


def monitoring(charm: ops.CharmBase, observed: Observed) -> MetricsProvider:
    """Our own metrics, for another Prometheus."""
    port = observed.config.port if observed.config else 9090
    job = {"metrics_path": "/metrics", "static_configs": [{"targets": [f"*:{port}"]}]}
    if observed.certificate:
        job |= {"scheme": "https", "tls_config": {"ca_file": observed.certificate.ca}}
    account = observed.accounts.of(SCRAPERS) if observed.own_account else None
    login = Login(account.user, account.password) if account else None
    return MetricsProvider(charm, SELF_MONITORING, [job], charm.charm_dir / OWN_RULES, login)
