# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the charm is made of where it depends on who is related: loaded only then."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ops

import rpc_secret
from dataops.certificates import IdentityFiles, TlsState
from dataops.host import network
from observed import Observed
from reading import MASTER, PEERS

if TYPE_CHECKING:
    from cluster import Spark
    from dataops.certificates.requester import Requester

CERTIFICATES = "certificates"
_MONITORING = "monitoring"


def certificates(charm: ops.CharmBase, identity: IdentityFiles) -> Requester | None:
    """Who asks for this unit's certificate; None without a provider.

    Args:
        charm: the charm.
        identity: what is served: while there is any, a provider that leaves is just leaving, and
            the library has a private key to remove from Juju.
    """
    if not charm.model.relations[CERTIFICATES] and not identity.chain.exists():
        return None
    # The published library is half of what a hook costs otherwise.
    from dataops.certificates.requester import Requester

    return Requester.of(charm, network.address(charm, PEERS), [network.name()])


def tls(requester: Requester | None, spark: Spark) -> TlsState:
    """How it stands with that certificate, beside the one that was served last."""
    return requester.state(spark.identity.read(), time.time()) if requester else TlsState()


def monitoring(charm: ops.CharmBase, observed: Observed) -> None:
    """Tell Prometheus where metrics are, and until when each unit's certificate is good."""
    if not charm.model.relations[_MONITORING]:
        return
    import datetime

    from dataops.certificates import expiry_rules
    from dataops.interfaces.prometheus_scrape import MetricsProvider
    from dataops.interfaces.topology import Topology
    from scrape import expiring, scrape_jobs

    labels = Topology.of(charm).labels
    groups: list[Mapping[str, Any]] = [
        expiry_rules(
            {**labels, "juju_unit": unit},
            expiring(observed, unit),
            datetime.datetime.fromtimestamp(end, datetime.timezone.utc),
        )
        for unit, end in observed.ends.items()
    ]
    rules = charm.charm_dir / "src" / "prometheus_alert_rules"
    jobs = scrape_jobs(observed)
    MetricsProvider(charm, _MONITORING, jobs, rules, groups=groups).publish()


def drivers(charm: ops.CharmBase, observed: Observed, spark: Spark) -> None:
    """Tell other applications how to run drivers on this cluster."""
    wanted = charm.model.relations[MASTER] or observed.leaving.broken is not None
    if not (wanted and observed.secret and observed.leader):
        return
    from dataops.interfaces.spark_master import ProviderData, RpcSecret, SparkMasterProvider

    provider = SparkMasterProvider(charm, MASTER)
    if observed.leaving.broken is not None:
        provider.withdraw()
    ports, host = observed.ports, observed.agreement.master
    data = ProviderData(
        master_url=f"spark://{host}:{ports.master}",
        version=spark.installation.version,
        python_version=spark.installation.python_version,
        web_url=observed.page(host, ports.master_ui),
        history_url=observed.page(host, ports.history),
        ca=observed.ca,
    )
    named = rpc_secret.name(observed.agreement.generation)
    provider.publish(data, RpcSecret(secret=observed.secret, name=named))
