# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
# Pyright brings stubs of an older kafka-python, which lack most of what is used here.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false, reportArgumentType=false, reportUnknownParameterType=false
"""Where logs begin and end, and where consumer groups go on: read, and told. Knows no Juju."""

import time
from collections.abc import Collection, Iterable

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from dataops.backup.manifest import Group, GroupOffset
from facts import ClusterError

# A fresh cluster makes its topic of groups when it is first asked, and loads it.
_PATIENCE = 120.0
_PAUSE = 0.5
_NO_ERROR = 0

Bounds = dict[tuple[str, int], tuple[int, int]]


def bounds(client: KafkaAdminClient, partitions: Collection[tuple[str, int]]) -> Bounds:
    """The first and the next offset of each partition; each has a leader.

    Raises:
        KafkaError: the cluster does not say.
    """
    places = [TopicPartition(topic, index) for topic, index in partitions]
    if not places:
        return {}
    first = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
    last = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
    return {(tp.topic, tp.partition): (first[tp].offset, last[tp].offset) for tp in places}


def partitions(client: KafkaAdminClient) -> list[tuple[str, int]]:
    """Every partition of topics that are not Kafka's own."""
    return [
        (topic["name"], part["partition_index"])
        for topic in client.describe_topics()
        if not topic["is_internal"]
        for part in topic["partitions"]
    ]


def tell(client: KafkaAdminClient, several: Iterable[Group]) -> int:
    """Each group goes on where it is told; how many there were.

    Raises:
        ClusterError: a group cannot be told, for instance because it has members.
    """
    count = 0
    for group in several:
        offsets = {
            TopicPartition(one.topic, one.partition): OffsetAndMetadata(
                one.offset, one.metadata, one.leader_epoch
            )
            for one in group.offsets
        }
        _tell(client, group.name, offsets)
        count += 1
    return count


def _tell(
    client: KafkaAdminClient, name: str, offsets: dict[TopicPartition, OffsetAndMetadata]
) -> None:
    deadline = time.monotonic() + _PATIENCE
    while refused := _refused(client, name, offsets):
        if time.monotonic() > deadline:
            raise ClusterError(f"Cannot tell group {name} where to go on: {refused}")
        time.sleep(_PAUSE)


def _refused(
    client: KafkaAdminClient, name: str, offsets: dict[TopicPartition, OffsetAndMetadata]
) -> str:
    """Why not, for now; empty when it is done."""
    try:
        answers = client.alter_group_offsets(name, offsets)
    except KafkaError as error:
        return type(error).__name__
    wrong = {one.__name__ for one in answers.values() if one.errno != _NO_ERROR}
    return ", ".join(sorted(wrong))


def told(client: KafkaAdminClient, names: Iterable[str]) -> tuple[Group, ...]:
    """Where these groups go on, in order of their names.

    Raises:
        KafkaError: the cluster does not say.
    """
    found: list[Group] = []
    for name in sorted(names):
        offsets = client.list_group_offsets({name: None}).get(name, {})
        kept = [
            GroupOffset(
                topic=tp.topic,
                partition=tp.partition,
                offset=one.offset,
                leader_epoch=-1 if one.leader_epoch is None else one.leader_epoch,
                metadata=one.metadata or "",
            )
            for tp, one in offsets.items()
            if one.offset >= 0
        ]
        kept.sort(key=lambda one: (one.topic, one.partition))
        found.append(Group(name=name, offsets=tuple(kept)))
    return tuple(found)


def without_leader(client: KafkaAdminClient) -> dict[str, list[int]]:
    """Partitions that nobody leads, by topic."""
    found: dict[str, list[int]] = {}
    for topic in client.describe_topics():
        for part in topic["partitions"]:
            if part["leader_id"] < 0:
                found.setdefault(topic["name"], []).append(part["partition_index"])
    return found
