# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a Kafka cluster says about itself: brokers, topics, consumer groups, disks. Pure."""

from __future__ import annotations

import math

import pydantic

_COMMITTED_WITHIN_S = 10.0


class _Facts(pydantic.BaseModel):
    """Base of the facts: frozen, and JSON as they are."""

    model_config = pydantic.ConfigDict(frozen=True)


class Broker(_Facts):
    """One broker; sizes in bytes, None where the broker does not tell."""

    id: int
    address: str
    fenced: bool = False
    log_bytes: int | None = None
    disk_bytes: int | None = None
    disk_free_bytes: int | None = None


class Partition(_Facts):
    """One partition: where it is, and the offset after its last record."""

    index: int
    leader: int
    replicas: tuple[int, ...]
    in_sync: tuple[int, ...]
    end_offset: int | None = None


class Topic(_Facts):
    """One topic; `min_in_sync` is None where the cluster did not tell."""

    name: str
    internal: bool = False
    min_in_sync: int | None = None
    partitions: tuple[Partition, ...] = ()

    @property
    def replication(self) -> int:
        """The smallest number of copies that a partition has."""
        return min((len(partition.replicas) for partition in self.partitions), default=0)

    @property
    def short(self) -> int:
        """How many partitions lack an in-sync replica."""
        return sum(len(p.in_sync) < len(p.replicas) for p in self.partitions)

    @property
    def end_offset(self) -> int:
        """The sum of the partitions' end offsets."""
        return sum(partition.end_offset or 0 for partition in self.partitions)


class GroupTopic(_Facts):
    """How far one consumer group is behind on one topic, in records.

    Attributes:
        lag: at the end of the observation.
        lag_before: at its beginning.
        seconds: between the two.
        consumed: records committed in between.
        produced: records written to those partitions in between.
    """

    topic: str
    lag: int
    lag_before: int
    seconds: float
    consumed: int
    produced: int = 0

    @property
    def age(self) -> float:
        """How many seconds of traffic the lag is; infinite when nothing is written."""
        if not self.lag or not self.produced or self.seconds <= 0:
            return math.inf if self.lag else 0.0
        return self.lag / (self.produced / self.seconds)

    @property
    def keeps_up(self) -> bool:
        """Whether the lag is no more than a member has read and not committed yet.

        Clients commit every five seconds unless told otherwise.
        """
        return self.age <= _COMMITTED_WITHIN_S


class Group(_Facts):
    """One consumer group."""

    name: str
    state: str
    topics: tuple[GroupTopic, ...] = ()

    @property
    def lag(self) -> int:
        """Over all its topics, in records."""
        return sum(topic.lag for topic in self.topics)


class ClusterFacts(_Facts):
    """The cluster at one time."""

    cluster_id: str = ""
    controller: int | None = None
    brokers: tuple[Broker, ...] = ()
    topics: tuple[Topic, ...] = ()
    groups: tuple[Group, ...] = ()


# A group's committed offsets and the ends of their partitions, at one time.
Offsets = dict[str, dict[tuple[str, int], int]]


class Sample(_Facts):
    """Where every partition ends and where every group is, at a time of the monotonic clock."""

    at: float
    ends: dict[tuple[str, int], int]
    committed: Offsets


def lags(state: str, group: str, before: Sample, after: Sample) -> Group:
    """How far a group is behind, and how that changed between two samples. Pure."""
    topics: dict[str, list[tuple[str, int]]] = {}
    for partition in after.committed.get(group, {}):
        if partition in after.ends:
            topics.setdefault(partition[0], []).append(partition)
    seconds = after.at - before.at
    return Group(
        name=group,
        state=state,
        topics=tuple(
            _lag(topic, topics[topic], group, before, after, seconds) for topic in sorted(topics)
        ),
    )


def _lag(
    topic: str,
    partitions: list[tuple[str, int]],
    group: str,
    before: Sample,
    after: Sample,
    seconds: float,
) -> GroupTopic:
    """One topic of a group; a partition unknown before counts as unchanged."""
    lag = lag_before = consumed = produced = 0
    for partition in partitions:
        now = after.committed[group][partition]
        then = before.committed.get(group, {}).get(partition, now)
        end_then = before.ends.get(partition, after.ends[partition])
        lag += max(0, after.ends[partition] - now)
        lag_before += max(0, end_then - then)
        consumed += max(0, now - then)
        produced += max(0, after.ends[partition] - end_then)
    return GroupTopic(
        topic=topic,
        lag=lag,
        lag_before=lag_before,
        seconds=seconds,
        consumed=consumed,
        produced=produced,
    )
