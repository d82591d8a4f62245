# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the Kafka cluster says about itself over its admin API: brokers, topics, groups, disks."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Generator
from typing import Any, cast

import pydantic
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.structs import TopicPartition

from dataops.interfaces.kafka_client import Access

_TIMEOUT_MS = 10_000
# The protocol's own word for "after the last record".
_LATEST = -1


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
    """

    topic: str
    lag: int
    lag_before: int
    seconds: float
    consumed: int


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
    lag = lag_before = consumed = 0
    for partition in partitions:
        now = after.committed[group][partition]
        then = before.committed.get(group, {}).get(partition, now)
        end_then = before.ends.get(partition, after.ends[partition])
        lag += max(0, after.ends[partition] - now)
        lag_before += max(0, end_then - then)
        consumed += max(0, now - then)
    return GroupTopic(
        topic=topic, lag=lag, lag_before=lag_before, seconds=seconds, consumed=consumed
    )


class Cluster:
    """The admin API of one cluster. Use as a context manager: `with Cluster.connect(access)`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @classmethod
    @contextlib.contextmanager
    def connect(cls, access: Access) -> Generator[Cluster]:
        """The cluster behind these endpoints.

        Raises:
            kafka.errors.KafkaError: no broker answers, or it refuses the credentials.
        """
        client = KafkaAdminClient(
            bootstrap_servers=access.endpoints.split(","),
            security_protocol="SASL_SSL" if access.tls else "SASL_PLAINTEXT",
            ssl_context=ssl.create_default_context(cadata=access.tls_ca)
            if access.tls_ca
            else None,
            sasl_mechanism="SCRAM-SHA-512",
            sasl_plain_username=access.username,
            sasl_plain_password=access.password,
            client_id="day2",
            request_timeout_ms=_TIMEOUT_MS,
        )
        try:
            yield cls(client)
        finally:
            client.close()

    def brokers(self) -> tuple[Broker, ...]:
        """Every registered broker with its disk, in the order of ids."""
        described = self._client.describe_cluster()["brokers"]
        up = [broker["broker_id"] for broker in described if not broker.get("is_fenced")]
        disks = {each["broker"]: each["log_dirs"] for each in self._log_dirs(up)}
        return tuple(
            _broker(broker, disks.get(broker["broker_id"], []))
            for broker in sorted(described, key=lambda broker: broker["broker_id"])
        )

    def topics(self, ends: dict[tuple[str, int], int]) -> tuple[Topic, ...]:
        """Every topic with its partitions, ordered by name."""
        described = self._client.describe_topics()
        minimum = self._min_in_sync([topic["name"] for topic in described])
        topics = [_topic(topic, minimum.get(topic["name"]), ends) for topic in described]
        return tuple(sorted(topics, key=lambda topic: topic.name))

    def sample(self) -> Sample:
        """Where every partition ends, and where every consumer group is."""
        partitions = [
            TopicPartition(topic["name"], partition["partition_index"])
            for topic in self._client.describe_topics()
            for partition in topic["partitions"]
            if partition["leader_id"] >= 0
        ]
        committed = self._committed()
        # The ends are asked for after the positions, so that no lag comes out negative.
        ends = self._client.list_partition_offsets(dict.fromkeys(partitions, _LATEST))
        return Sample(
            at=time.monotonic(),
            ends={(p.topic, p.partition): found.offset for p, found in ends.items()},
            committed=committed,
        )

    def facts(self, before: Sample) -> ClusterFacts:
        """The cluster now, with the consumer groups' progress since the sample before."""
        after = self.sample()
        described = self._client.describe_cluster()
        states = {g["group_id"]: str(g.get("group_state", "")) for g in self._groups()}
        return ClusterFacts(
            cluster_id=str(described.get("cluster_id", "")),
            controller=described.get("controller_id"),
            brokers=self.brokers(),
            topics=self.topics(after.ends),
            groups=tuple(lags(states[name], name, before, after) for name in sorted(states)),
        )

    def _groups(self) -> list[dict[str, Any]]:
        """Every consumer group as listed."""
        return [g for g in self._client.list_groups() if g.get("group_id")]

    def _committed(self) -> Offsets:
        """The committed offsets of every group."""
        names = [group["group_id"] for group in self._groups()]
        if not names:
            return {}
        offsets = self._client.list_group_offsets(names)
        return {
            name: {(p.topic, p.partition): at.offset for p, at in found.items() if at.offset >= 0}
            for name, found in offsets.items()
        }

    def _log_dirs(self, brokers: list[int]) -> list[dict[str, Any]]:
        """The log directories of these brokers."""
        return cast("list[dict[str, Any]]", self._client.describe_log_dirs(brokers=brokers))

    def _min_in_sync(self, names: list[str]) -> dict[str, int]:
        """`min.insync.replicas` in force, by topic."""
        if not names:
            return {}
        key = "min.insync.replicas"
        resources = [ConfigResource(ConfigResourceType.TOPIC, name, {key: ""}) for name in names]
        found = self._client.describe_configs(resources, config_filter="all").get("topic", {})
        return {name: int(one[key]["value"]) for name, one in found.items() if key in one}


def _broker(described: dict[str, Any], log_dirs: list[dict[str, Any]]) -> Broker:
    """One broker; volumes of several log directories on one disk are counted once."""
    sizes = [
        partition["partition_size"]
        for log_dir in log_dirs
        for topic in log_dir["topics"]
        for partition in topic["partitions"]
    ]
    volumes = {(d.get("total_bytes", -1), d.get("usable_bytes", -1)) for d in log_dirs}
    known = [(total, free) for total, free in volumes if total >= 0]
    return Broker(
        id=described["broker_id"],
        address=f"{described['host']}:{described['port']}",
        fenced=bool(described.get("is_fenced")),
        log_bytes=sum(sizes) if log_dirs else None,
        disk_bytes=sum(total for total, _ in known) if known else None,
        disk_free_bytes=sum(free for _, free in known) if known else None,
    )


def _topic(
    described: dict[str, Any], minimum: int | None, ends: dict[tuple[str, int], int]
) -> Topic:
    """One topic from its metadata."""
    name = described["name"]
    partitions = [
        Partition(
            index=partition["partition_index"],
            leader=partition["leader_id"],
            replicas=tuple(partition["replica_nodes"]),
            in_sync=tuple(partition["isr_nodes"]),
            end_offset=ends.get((name, partition["partition_index"])),
        )
        for partition in described["partitions"]
    ]
    return Topic(
        name=name,
        internal=bool(described.get("is_internal")),
        min_in_sync=minimum,
        partitions=tuple(sorted(partitions, key=lambda partition: partition.index)),
    )
