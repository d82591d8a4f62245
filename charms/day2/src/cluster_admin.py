# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a Kafka cluster about itself over its admin API.

Importing the client takes a third of a second: only who is about to use it does so.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Generator
from typing import Any, cast

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.structs import TopicPartition

from cluster_facts import Broker, ClusterFacts, Offsets, Partition, Sample, Topic, lags
from dataops.impatience import ImpatientClient
from dataops.interfaces.kafka_client import Access

_TIMEOUT_MS = 10_000
# The protocol's own word for "after the last record".
_LATEST = -1


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
            # The stubs are of an older release.
            bootstrap_timeout_ms=_TIMEOUT_MS,  # pyright: ignore[reportCallIssue]
            request_timeout_ms=_TIMEOUT_MS,
            kafka_client=ImpatientClient,
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
