# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the charm is made of, made from what Juju says: workload, certificates, resource."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ops

import admission
import backups
from backup_keys import BackupKeys
from broker import Broker
from dataops import given
from dataops.certificates.requester import Requester
from dataops.host import network, services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.interfaces.cos_agent import CosAgentProvider
from dataops.interfaces.kafka_client import KafkaClientProvider
from dataops.interfaces.prometheus_scrape import MetricsProvider
from dataops.interfaces.s3 import S3Requirer
from dataops.jobs import Jobs
from dataops.passing import pass_over
from effects import Effects
from facts import ClusterFacts
from gate import Gate
from listeners import CLIENT_PORT, METRICS_PORT
from observed import Observed
from peers import Peers
from vault import Vault
from workload import Workload

if TYPE_CHECKING:
    from admin import Administrator

_CROWD_SECONDS = 3.0


def workload(charm: ops.CharmBase, address: str, peers: Peers, requester: Requester) -> Workload:
    """This unit's broker, and where to find the others."""
    paths = UnitPaths.of(charm)
    storage = given.storage(charm)
    broker = Broker(
        paths=paths,
        services=services.manager(paths, charm.unit.name),
        user=ensure_user("kafka"),
        storage=storage,
        address=address,
    )
    others = [peer.address for peer in peers.units() if peer.address]
    addresses = tuple(dict.fromkeys([address, *others]))
    return Workload(broker, addresses, peers, requester, BackupKeys(charm, peers))


def effects(
    charm: ops.CharmBase,
    observed: Observed,
    made: Workload,
    admin: Administrator | None,
    clients: KafkaClientProvider,
) -> Effects:
    """What can be done, now that these are the facts."""
    gate = Gate(observed, made.peers, clients, Vault(charm.model), made.backup_keys)
    # An empty resource, or none, means Maven.
    fetch = functools.partial(given.resource, charm, "kafka")
    return Effects(
        observed, made.broker, admin, made.peers, gate, made.requester, fetch, made.key,
        functools.partial(backups.lasting, observed, made),
    )  # fmt: skip


def traffic(made: Workload, cluster: ClusterFacts | None) -> Mapping[str, float] | None:
    """How busy each user keeps the brokers; asked for only while old users are about to go."""
    peers = made.peers
    if cluster is None or not any(slots.old for slots in peers.agreement().slots.values()):
        return None
    return made.traffic(one.address for one in peers.units() if one.node in cluster.brokers)


def publish(charm: ops.CharmBase, observed: Observed) -> None:
    """Where this unit serves and is watched, by which rules, and that backups want a bucket."""
    if observed.broker.listening:
        network.open_ports(charm.unit, CLIENT_PORT)
    recovery = observed.agreement.recovery
    # What works on has the store's keys of when it began.
    busy = Jobs.of(charm).busy or (recovery is not None and not recovery.over)
    S3Requirer(charm, "s3").publish(busy=busy)
    source = charm.charm_dir / "src"
    rules, dashboards = source / "prometheus_alert_rules", source / "grafana_dashboards"
    MetricsProvider(charm, "monitoring", _jobs("*"), rules).publish()
    CosAgentProvider(charm, "cos-agent", _jobs(observed.address), rules, dashboards).publish()
    unready = observed.cluster is None and not observed.broker.listening
    if admission.crowded(observed):
        # A hook looks at everybody: one in a while for all of them, instead of one for each.
        Jobs.of(charm).look_again(_CROWD_SECONDS)
        pass_over(charm, "kafka-client")
    elif unready or not observed.leader:
        # Once the broker listens, it wakes this charm, which then lets everybody in together.
        # And who does not lead has nothing to say to clients.
        pass_over(charm, "kafka-client")
    elif admission.settled(observed):
        pass_over(charm, "kafka-client", heard=True)


def _jobs(host: str) -> list[dict[str, Any]]:
    targets = [{"targets": [f"{host}:{METRICS_PORT}"]}]
    return [{"metrics_path": "/metrics", "static_configs": targets}]
