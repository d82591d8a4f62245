# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
# Pyright brings stubs of an older kafka-python, which lack most of what is used here.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportCallIssue=false, reportArgumentType=false
"""Everything that a cluster tells an administrator, as JSON values, for a post-mortem."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

# The protocol's own word for "after the last record".
_LATEST = -1


def questions(client: KafkaAdminClient, node: int) -> Mapping[str, Callable[[], Any]]:
    """What to ask, by the name of the answer; each is asked when it is called.

    Args:
        client: connected.
        node: the broker whose own configuration and disks are asked for.
    """
    return {
        "cluster": client.describe_cluster,
        "quorum": client.describe_metadata_quorum,
        "topics": lambda: _sorted(client.describe_topics()),
        "reassignments": lambda: _by_partition(client.list_partition_reassignments()),
        "groups": lambda: groups(client),
        "broker-configuration": lambda: _configuration(client, node),
        "topic-configurations": lambda: _topic_configurations(client),
        "disks": lambda: cast("Any", client.describe_log_dirs(brokers=[node])),
    }


def groups(client: KafkaAdminClient) -> dict[str, Any]:
    """Every consumer group: its state, and per partition how far it is behind."""
    listed = {one["group_id"]: one for one in client.list_groups() if one.get("group_id")}
    if not listed:
        return {}
    committed = client.list_group_offsets(sorted(listed))
    wanted = {part for offsets in committed.values() for part in offsets}
    # The ends are asked for after the positions, so that no lag comes out negative.
    ends = client.list_partition_offsets(dict.fromkeys(wanted, _LATEST)) if wanted else {}
    return {
        name: {
            "state": str(listed[name].get("group_state", "")),
            "lag": {
                f"{part.topic}-{part.partition}": ends[part].offset - at.offset
                for part, at in sorted(committed.get(name, {}).items())
                if at.offset >= 0 and part in ends
            },
        }
        for name in sorted(listed)
    }


def troubles(topics: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The partitions without a leader, and those that lack a copy; `topic-0`."""
    found: dict[str, list[str]] = {"leaderless": [], "short": []}
    for topic in topics:
        for part in topic["partitions"]:
            name = f"{topic['name']}-{part['partition_index']}"
            if part["leader_id"] < 0:
                found["leaderless"].append(name)
            if len(part["isr_nodes"]) < len(part["replica_nodes"]):
                found["short"].append(name)
    return found


def _sorted(topics: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Topics by name."""
    return sorted(topics, key=lambda topic: topic["name"])


def _by_partition(found: Mapping[Any, Any]) -> dict[str, Any]:
    """JSON has no keys but text."""
    return {f"{part.topic}-{part.partition}": about for part, about in sorted(found.items())}


def _configuration(client: KafkaAdminClient, node: int) -> Any:
    """The broker's configuration as it is in force; Kafka itself hides what is sensitive."""
    resource = ConfigResource(ConfigResourceType.BROKER, str(node))
    return client.describe_configs([resource], config_filter="all")


def _topic_configurations(client: KafkaAdminClient) -> Any:
    """What was set for each topic."""
    names = sorted(topic["name"] for topic in client.describe_topics())
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    return client.describe_configs(resources, config_filter="modified") if resources else {}
