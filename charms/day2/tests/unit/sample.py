# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Facts of a report, for tests that change one thing in them."""

import datetime

from world import NOON

from cluster_facts import Broker, ClusterFacts, Group, GroupTopic, Partition, Topic
from report.performance.facts import PanelFacts, ReportFacts
from series import Series

START = NOON - datetime.timedelta(minutes=5)


def series(values, **labels) -> Series:
    """A series with these values, ten seconds apart."""
    return Series(
        labels=labels,
        points=tuple((START.timestamp() + 10 * i, float(v)) for i, v in enumerate(values)),
    )


def facts(cluster: ClusterFacts | None = None, **panels: list[Series]) -> ReportFacts:
    """Facts with these panels; an underscore of a name is a dash."""
    return ReportFacts(
        operation=7,
        model="pipeline",
        unit="day2/0",
        start=START,
        end=NOON,
        step_seconds=10,
        cluster=cluster,
        panels=tuple(
            PanelFacts(id=name.replace("_", "-"), series=tuple(found))
            for name, found in panels.items()
        ),
    )


def topic(name="orders", *, copies=3, in_sync=None, minimum=2, partitions=3, leader=None) -> Topic:
    """A topic whose copies lie on brokers 1, 2, ..."""
    nodes = tuple(range(1, copies + 1))
    return Topic(
        name=name,
        min_in_sync=minimum,
        partitions=tuple(
            Partition(
                index=i,
                leader=leader or nodes[i % copies],
                replicas=nodes[i % copies :] + nodes[: i % copies],
                in_sync=nodes[: in_sync or copies],
            )
            for i in range(partitions)
        ),
    )


def cluster(*topics: Topic, brokers=3, groups=(), **disk: int) -> ClusterFacts:
    """A cluster of healthy brokers."""
    return ClusterFacts(
        cluster_id="abc",
        controller=1,
        brokers=tuple(
            Broker(id=i, address=f"10.0.0.{i}:9093", **disk) for i in range(1, brokers + 1)
        ),
        topics=topics,
        groups=groups,
    )


def group(lag, before, consumed, produced=10, state="Stable") -> Group:
    """A group that reads orders, seen twice within five seconds."""
    read = GroupTopic(
        topic="orders", lag=lag, lag_before=before, seconds=5, consumed=consumed, produced=produced
    )
    return Group(name="billing", state=state, topics=(read,))
