# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A cluster to back up, without a broker: log files, and a client that answers."""

import contextlib
import uuid
from pathlib import Path
from types import SimpleNamespace

from builders import CLUSTER_ID, observed
from kafka import TopicPartition
from kafka.errors import UnknownTopicOrPartitionError
from kafka.structs import OffsetAndMetadata, OffsetAndTimestamp

import backing
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf
from dataops.objectstore import Target, open_store
from dataops.testing.logs import batch, record, write_partition

TOPIC = uuid.UUID(bytes=bytes(16))


class FakeClient:
    """What kafka-python's administrator answers, from what is on the disk."""

    def __init__(self):
        self.leaders = {("orders", 0): 0, ("orders", 1): 0, ("__consumer_offsets", 0): 0}
        self.ends = {("orders", 0): 10, ("orders", 1): 4, ("__consumer_offsets", 0): 0}
        self.starts = {("orders", 1): 2}
        self.vanishing = 0

    def describe_topics(self):
        names = sorted({topic for topic, _ in self.leaders})
        return [
            {
                "name": name,
                "topic_id": TOPIC,
                "is_internal": name.startswith("__"),
                "partitions": [
                    {
                        "partition_index": index,
                        "leader_id": leader,
                        "leader_epoch": 5,
                        "replica_nodes": [0],
                        "isr_nodes": [0],
                    }
                    for (topic, index), leader in sorted(self.leaders.items())
                    if topic == name
                ],
            }
            for name in names
        ]

    def describe_configs(self, resources, config_filter):
        assert config_filter == "modified"
        own = {"value": "compact", "config_source": "DYNAMIC_TOPIC_CONFIG"}
        broker = {"value": "9", "config_source": "STATIC_BROKER_CONFIG"}
        values = {"cleanup.policy": own, "segment.bytes": broker}
        return {"topic": {one.name: values if one.name == "orders" else {} for one in resources}}

    def list_groups(self, types_filter):
        assert "share" not in types_filter
        return [{"group_id": "readers"}, {"group_id": "silent"}]

    def list_group_offsets(self, names):
        assert names == ["readers", "silent"]
        at = OffsetAndMetadata(3, "where I was", 5)
        none = OffsetAndMetadata(-1, "", -1)
        return {
            "readers": {TopicPartition("orders", 0): at, TopicPartition("orders", 1): none},
            "silent": {},
        }

    def list_partition_offsets(self, wanted):
        if self.vanishing:
            self.vanishing -= 1
            self.leaders.pop(("orders", 1), None)
            raise UnknownTopicOrPartitionError
        known = {-1: self.ends, -2: self.starts}
        return {
            place: OffsetAndTimestamp(known[which].get(tuple(place), 0), -1, 5)
            for place, which in wanted.items()
        }

    def describe_metadata_quorum(self):
        return {"topics": [{"partitions": [{"high_watermark": 42}]}]}


class World:
    """One unit's broker, its store, and what the verbs work with."""

    def __init__(self, root: Path, monkeypatch):
        self.root, self.client = root, FakeClient()
        self.key = None
        self.answers = True
        (root / "store").mkdir()
        data = root / "storage" / "kafka"
        for name, end in (("orders-0", 12), ("orders-1", 4), ("__consumer_offsets-0", 0)):
            log = b"".join(batch([record(n), record(n + 1)]) for n in range(0, end, 2))
            write_partition(data / name, {0: log})
        write_partition(data / "__cluster_metadata-0", {0: b"a user's verifier"})
        self.target = Target(kind="local", directory=str(root / "store"))
        keys = SimpleNamespace(current=lambda: self.key, ensure=self._ensure, uri="secret:abc")
        self.workload = SimpleNamespace(
            broker=SimpleNamespace(data=data), addresses=("10.0.0.1",), backup_keys=keys
        )
        monkeypatch.setattr(backing, "administrator", self._administrator)
        monkeypatch.setattr(backing.os, "setpriority", lambda *_: None)

    def facts(self, nodes=1, **more):
        return observed(nodes, **{"store": self.target, **more})

    def call(self, verb, params=None, facts=None):
        """Both parts of a job, the specification as the ticket holds it."""
        context = verb.context(facts or self.facts(), self.workload, params or {})
        return verb.perform(context)

    @property
    def shelf(self):
        return Shelf(open_store(self.target), CLUSTER_ID)

    def _ensure(self):
        self.key = self.key or Key.new()
        return self.key

    @contextlib.contextmanager
    def _administrator(self, addresses, etc):
        assert addresses == ("10.0.0.1",)
        if not self.answers:
            yield None
            return
        yield SimpleNamespace(
            client=self.client,
            topics=self.client.describe_topics,
            condition=lambda: SimpleNamespace(brokers=self.brokers()),
        )

    def brokers(self):
        """Those that are up."""
        return frozenset({0})
