# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What the charm is made of, made from what Juju says: its certificate, its own metrics."""

from __future__ import annotations

import socket

import ops
from charmlibs.interfaces.tls_certificates import (
    CertificateRequestAttributes,
    KeyAlgorithm,
    TLSCertificatesRequiresV4,
)

from accounts import SCRAPERS
from dataops.host import network
from dataops.interfaces.prometheus_api import Login
from dataops.interfaces.prometheus_scrape import MetricsProvider
from ledger import SELF_MONITORING
from observed import OWN_RULES, Observed


def certificates(charm: ops.CharmBase) -> TLSCertificatesRequiresV4:
    """The requirer of one certificate per unit, for its address and its name."""
    request = CertificateRequestAttributes(
        common_name=charm.unit.name.replace("/", "-"),
        sans_ip={network.address(charm, "query")},
        sans_dns={socket.getfqdn()},
    )
    return TLSCertificatesRequiresV4(
        charm, "certificates", [request], key_algorithm=KeyAlgorithm.ECDSA
    )


def monitoring(charm: ops.CharmBase, observed: Observed) -> MetricsProvider:
    """Our own metrics, for another Prometheus."""
    port = observed.config.port if observed.config else 9090
    job = {"metrics_path": "/metrics", "static_configs": [{"targets": [f"*:{port}"]}]}
    if observed.certificate:
        job |= {"scheme": "https", "tls_config": {"ca_file": observed.certificate.ca}}
    account = observed.accounts.of(SCRAPERS) if observed.own_account else None
    login = Login(account.user, account.password) if account else None
    return MetricsProvider(charm, SELF_MONITORING, [job], charm.charm_dir / OWN_RULES, login)
