# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every topic with its partitions, replicas, and how many of them are in sync."""

from collections.abc import Iterable

from dataops.operations import Context, NoParams, OperationError, Result, Scope, Verb
from facts import Partition
from observed import Observed
from workload import Workload


class Topic(Result):
    """One topic.

    Attributes:
        name: as Kafka knows it; Kafka's own begin with two underscores.
        partitions: how many it has.
        replication_factor: replicas of each partition; the fewest, where they differ.
        in_sync_replicas: how many of them are in sync; the fewest of all partitions.
    """

    name: str
    partitions: int
    replication_factor: int
    in_sync_replicas: int


class Topics(Result):
    """Every topic in order of the names.

    A list, not a mapping: the keys of an action's results allow fewer characters than a topic.
    """

    topics: tuple[Topic, ...] = ()


def run(context: Context[Observed, Workload, NoParams]) -> Topics:
    """Asks the cluster."""
    if context.observed.cluster is None:
        raise OperationError("the cluster does not answer: see `juju status`")
    return Topics(topics=_topics(context.observed.cluster.partitions))


def _topics(partitions: Iterable[Partition]) -> tuple[Topic, ...]:
    """The partitions, put together by topic."""
    grouped: dict[str, list[Partition]] = {}
    for part in sorted(partitions):
        grouped.setdefault(part.topic, []).append(part)
    return tuple(
        Topic(
            name=name,
            partitions=len(parts),
            replication_factor=min(len(part.replicas) for part in parts),
            in_sync_replicas=min(len(part.in_sync) for part in parts),
        )
        for name, parts in grouped.items()
    )


VERB = Verb(
    name="list-topics",
    description="Every topic with its partitions, replicas, and how many of them are in sync.",
    run=run,
    params=NoParams,
    result=Topics,
    scope=Scope.LEADER,
)
