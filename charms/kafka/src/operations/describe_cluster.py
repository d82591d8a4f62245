# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Brokers, controllers, and whether every partition has all of its copies."""

from dataops.operations import Context, NoParams, OperationError, Result, Scope, Verb
from observed import Observed
from workload import Workload


class Description(Result):
    """The cluster as it describes itself.

    Attributes:
        cluster_id: its identity.
        release: of Kafka.
        controller: the unit that leads the quorum.
        voters: units that vote on the metadata.
        brokers: units that are up.
        down: units that are registered and not up; of a unit that is gone, its node id.
        partitions: of all topics, Kafka's own too.
        under_replicated_partitions: how many lack a copy.
        reassigning_partitions: how many are being moved.
        users: clients that may log in.
    """

    cluster_id: str
    release: str
    controller: str
    voters: tuple[str, ...]
    brokers: tuple[str, ...]
    down: tuple[str, ...]
    partitions: int
    under_replicated_partitions: int
    reassigning_partitions: int
    users: tuple[str, ...]


def run(context: Context[Observed, Workload, NoParams]) -> Description:
    """Asks the cluster."""
    o, cluster = context.observed, context.observed.cluster
    if cluster is None:
        raise OperationError("the cluster does not answer: see `juju status`")

    def units(nodes: frozenset[int]) -> tuple[str, ...]:
        return tuple(f"{o.app}/{node}" for node in sorted(nodes))

    return Description(
        cluster_id=o.agreement.cluster_id,
        release=o.broker.release,
        controller=f"{o.app}/{cluster.controller}",
        voters=units(frozenset(cluster.voters)),
        brokers=units(cluster.brokers),
        down=units(cluster.fenced),
        partitions=len(cluster.partitions),
        under_replicated_partitions=sum(part.short for part in cluster.partitions),
        reassigning_partitions=cluster.moving,
        users=tuple(sorted(cluster.users)),
    )


VERB = Verb(
    name="describe-cluster",
    description="Brokers, controllers, and whether every partition has all of its copies.",
    run=run,
    params=NoParams,
    result=Description,
    scope=Scope.LEADER,
)
