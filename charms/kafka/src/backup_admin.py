# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
# Pyright brings stubs of an older kafka-python, which lack most of what is used here.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false, reportArgumentType=false, reportUnknownParameterType=false
"""What a backup asks the cluster: topics, groups, and up to where each partition counts."""

from __future__ import annotations

import base64
import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import NotLeaderForPartitionError, UnknownTopicOrPartitionError

from dataops.backup.manifest import Group, GroupOffset, Topic
from dataops.backup.taking import Mark, Marks

# The protocol's own words for the first record and for after the last one.
_EARLIEST, _LATEST = -2, -1
# Of the sources of a setting, the topic itself.
_OF_TOPIC = "DYNAMIC_TOPIC_CONFIG"
# Share groups keep no position that a consumer could go on from.
_KINDS = ["consumer", "classic"]


def topics(client: KafkaAdminClient) -> tuple[Topic, ...]:
    """Every topic by name, with what was set for it alone."""
    described = sorted(client.describe_topics(), key=lambda topic: topic["name"])
    configs = _configs(client, [topic["name"] for topic in described])
    return tuple(
        Topic(
            name=topic["name"],
            id=_id(topic["topic_id"]),
            partitions=len(topic["partitions"]),
            replication=max(len(part["replica_nodes"]) for part in topic["partitions"]),
            configs=configs.get(topic["name"], {}),
            internal=bool(topic["is_internal"]),
        )
        for topic in described
        if topic["partitions"]
    )


def leaders(client: KafkaAdminClient) -> dict[tuple[str, int], int]:
    """The node that leads each partition; -1 where none does."""
    return {
        (topic["name"], part["partition_index"]): part["leader_id"]
        for topic in client.describe_topics()
        for part in topic["partitions"]
    }


def groups(client: KafkaAdminClient) -> tuple[Group, ...]:
    """Where every consumer group goes on, by name."""
    listed = client.list_groups(types_filter=_KINDS)
    names = sorted({one["group_id"] for one in listed if one.get("group_id")})
    committed = client.list_group_offsets(names) if names else {}
    return tuple(
        Group(
            name=name,
            offsets=tuple(
                GroupOffset(
                    topic=where.topic,
                    partition=where.partition,
                    offset=at.offset,
                    leader_epoch=at.leader_epoch,
                    metadata=at.metadata or "",
                )
                for where, at in sorted(committed.get(name, {}).items())
                if at.offset >= 0
            ),
        )
        for name in names
    )


def marks(client: KafkaAdminClient, wanted: Iterable[tuple[str, int]]) -> Marks:
    """Where these partitions begin and end now; those that are gone are left out."""
    asked = frozenset(wanted)
    # A topic may go between two questions: then both are asked anew.
    for _ in range(3):
        epochs = _epochs(client, asked)
        places = [TopicPartition(*where) for where in sorted(epochs)]
        try:
            starts = _offsets(client, places, _EARLIEST)
            ends = _offsets(client, places, _LATEST)
        except (UnknownTopicOrPartitionError, NotLeaderForPartitionError):
            continue
        return Marks(
            at=datetime.datetime.now(datetime.timezone.utc),
            partitions={
                f"{where.topic}-{where.partition}": Mark(
                    log_start=starts[where],
                    end=ends[where],
                    leader_epoch=epochs[where.topic, where.partition],
                )
                for where in places
            },
            metadata_end=_metadata_end(client),
        )
    raise UnknownTopicOrPartitionError("topics come and go all the time; try again")


def _epochs(
    client: KafkaAdminClient, wanted: frozenset[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """Leader epochs of those partitions that are there."""
    return {
        (topic["name"], part["partition_index"]): part["leader_epoch"]
        for topic in client.describe_topics()
        for part in topic["partitions"]
        if (topic["name"], part["partition_index"]) in wanted
    }


def _offsets(
    client: KafkaAdminClient, places: Iterable[TopicPartition], which: int
) -> dict[TopicPartition, int]:
    wanted = dict.fromkeys(places, which)
    if not wanted:
        return {}
    return {where: at.offset for where, at in client.list_partition_offsets(wanted).items()}


def _metadata_end(client: KafkaAdminClient) -> int:
    (topic,) = client.describe_metadata_quorum()["topics"]
    (quorum,) = topic["partitions"]
    return int(quorum["high_watermark"])


def _configs(client: KafkaAdminClient, names: Iterable[str]) -> Mapping[str, dict[str, str]]:
    wanted = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    if not wanted:
        return {}
    found: Mapping[str, Any] = client.describe_configs(wanted, config_filter="modified")
    return {
        name: {key: one["value"] for key, one in sorted(values.items()) if _set_here(one)}
        for name, values in found.get("topic", {}).items()
    }


def _set_here(one: Mapping[str, Any]) -> bool:
    return one["config_source"] == _OF_TOPIC and one["value"] is not None


def _id(topic: uuid.UUID | str) -> str:
    """A topic's id as Kafka's programs spell it."""
    raw = uuid.UUID(str(topic)).bytes
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
