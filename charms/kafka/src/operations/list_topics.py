# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every topic with its partitions, copies, and how many are in sync."""

from collections.abc import Iterable

from pydantic import Field

from dataops.operations import Context, NoParams, OperationError, Result, Scope, Verb
from facts import Partition
from observed import Observed
from workload import Workload


class Topic(Result):
    """One topic.

    Attributes:
        partitions: how many it has.
        copies: how many replicas each partition has; the fewest, where they differ.
        in_sync: how many of them are in sync; the fewest of all partitions.
    """

    partitions: int
    copies: int
    in_sync: int


class Topics(Result):
    """Every topic, by name; Kafka's own begin with two underscores."""

    topics: dict[str, Topic] = Field(default_factory=dict[str, Topic])


def run(context: Context[Observed, Workload, NoParams]) -> Topics:
    """Asks the cluster."""
    if context.observed.cluster is None:
        raise OperationError("the cluster does not answer: see `juju status`")
    return Topics(topics=_topics(context.observed.cluster.partitions))


def _topics(partitions: Iterable[Partition]) -> dict[str, Topic]:
    """The partitions, put together by topic."""
    grouped: dict[str, list[Partition]] = {}
    for part in sorted(partitions):
        grouped.setdefault(part.topic, []).append(part)
    return {
        name: Topic(
            partitions=len(parts),
            copies=min(len(part.replicas) for part in parts),
            in_sync=min(len(part.in_sync) for part in parts),
        )
        for name, parts in grouped.items()
    }


VERB = Verb(
    name="list-topics",
    description="Every topic with its partitions, copies, and how many are in sync.",
    run=run,
    params=NoParams,
    result=Topics,
    scope=Scope.LEADER,
)
