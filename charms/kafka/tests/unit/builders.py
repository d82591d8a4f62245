# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Facts for tests: sound ones, of which a test changes what it is about."""

import dataclasses
from pathlib import Path

from dataops.certificates import Assigned
from dataops.host.paths import UnitPaths
from dataops.interfaces.kafka_client import ClientRequest
from facts import BrokerFacts, ClusterFacts, Partition
from observed import Config, Observed
from peers import Agreement, Peer
from recovery import Recovery

LATER = 4e9
CA = "-----BEGIN CERTIFICATE-----\nQ0E=\n-----END CERTIFICATE-----\n"
CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg"


def request(relation_id=7, topic="orders", roles=("producer", "consumer"), **more):
    return ClientRequest(
        relation_id=relation_id, version="v0", topic=topic, roles=frozenset(roles), **more
    )


def a_peer(node, **more):
    sound = {
        "address": f"10.0.0.{node + 1}",
        "online": True,
        "authorities": CA,
        "trusts": frozenset({"CN=CA"}),
    }
    return Peer(f"kafka/{node}", **{**sound, **more})


def a_cluster(nodes=3, **more):
    ids = range(nodes)
    sound = ClusterFacts(
        brokers=frozenset(ids),
        controller=0,
        voters={node: f"dir-{node}" for node in ids if node < 3},
        observers={node: f"dir-{node}" for node in ids if node >= 3},
        partitions=(Partition("orders", 0, tuple(ids), tuple(ids), 0),),
        min_in_sync=max(1, min(nodes, 3) - 1),
    )
    changed = dataclasses.replace(sound, **more)
    # Whoever is up follows.
    lags = {node: 0 for node in changed.voters if node in changed.brokers}
    return dataclasses.replace(changed, **{"lags": lags, **more})


def observed(nodes=3, node=0, **more):
    """A unit of a cluster in which there is nothing to do; unit 0 leads."""
    running = BrokerFacts(
        version="v1",
        release="4.3.1",
        cluster_id=CLUSTER_ID,
        running=True,
        listening=True,
        serial="ab",
        expires=LATER,
        stores="s1",
        loaded="s1",
        trusts=frozenset({"CN=CA"}),
        proved={"client": LATER},
    )
    sound = Observed(
        broker=running,
        cluster=a_cluster(nodes),
        tls=Assigned("KEY", CA, "ab", "CN=CA", 0, LATER),
        address=f"10.0.0.{node + 1}",
        unit=f"kafka/{node}",
        app="kafka",
        leader=node == 0,
        planned=nodes,
        config=Config(),
        storage=Path("/data"),
        paths=UnitPaths(Path("/workload")),
        peers=tuple(a_peer(one) for one in range(nodes)),
        agreement=Agreement(CLUSTER_ID, 0, founded=True, opened=True),
        certified=True,
    )
    broker = dataclasses.replace(running, started_with=sound.fingerprint)
    return dataclasses.replace(sound, **{"broker": broker, **more})


def but(facts, **more):
    """The same facts with some changed."""
    return dataclasses.replace(facts, **more)


def a_recovery(**more):
    """A restore of three nodes that has begun."""
    sound = {
        "task": "t1",
        "name": "r1",
        "backup": "20261122T215036Z",
        "source": "old",
        "cluster_id": "bmV3bmV3bmV3bmV3bmV3bg",
        "members": (0, 1, 2),
    }
    return Recovery(**{**sound, **more})
