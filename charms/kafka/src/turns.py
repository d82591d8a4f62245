# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which unit's broker may be taken down now: its facts as the rolling guard asks. Pure."""

from typing import Any

from dataops.operations import Context
from dataops.rolling import ClusterState, Copies, Go, Hold, Node, Voter, may_go
from facts import ClusterFacts, Partition
from observed import Observed


def state(o: Observed, cluster: ClusterFacts, *, interrupt: bool = False) -> ClusterState:
    """The cluster as the rolling guard sees it.

    Args:
        o: whose units its brokers are.
        cluster: what the cluster says.
        interrupt: whether partitions without a copy to spare may stop for a moment.
    """
    units = {peer.node: peer.unit for peer in o.peers}
    known = sorted(o.members | cluster.brokers | cluster.fenced)
    return ClusterState(
        nodes=tuple(
            Node(units.get(node, f"broker {node}"), node, node in cluster.brokers)
            for node in known
        ),
        partitions=tuple(_copies(part, cluster) for part in cluster.partitions),
        voters=tuple(Voter(node, cluster.lags.get(node)) for node in sorted(cluster.voters)),
        controller=cluster.controller,
        interrupt=interrupt,
    )


def guard(context: Context[Observed, Any, Any]) -> Go | Hold:
    """Whether this unit's broker may be taken down by a verb now."""
    o = context.observed
    if o.cluster is None:
        return Hold("the cluster does not answer")
    if not o.settled:
        return Hold(f"units of {o.app} come or go: {len(o.peers)} of {o.planned} are here")
    return may_go(state(o, o.cluster), o.unit)


def _copies(part: Partition, cluster: ClusterFacts) -> Copies:
    return Copies(
        name=f"{part.topic}-{part.index}",
        replicas=frozenset(part.replicas),
        in_sync=frozenset(part.in_sync),
        least=cluster.least_in_sync.get(part.topic, cluster.min_in_sync) or 1,
    )
