# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json
from types import SimpleNamespace

import pytest
from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata

from inspection import groups, questions, troubles

ORDERS = [TopicPartition("orders", part) for part in range(2)]


class FakeClient:
    """Answers as kafka-python's administrator does; a group without offsets is left out."""

    def describe_cluster(self):
        return {"brokers": [{"broker_id": 0}], "controller_id": 0}

    def describe_metadata_quorum(self):
        return {"topics": []}

    def describe_topics(self):
        return [
            {
                "name": "orders",
                "partitions": [part(0, 0, [0, 1], [0, 1]), part(1, -1, [0, 1], [0])],
            }
        ]

    def list_partition_reassignments(self):
        return {ORDERS[1]: {"replicas": [0], "adding_replicas": [1], "removing_replicas": []}}

    def list_groups(self):
        return [{"group_id": "app", "group_state": "Stable"}, {"group_id": "new"}]

    def list_group_offsets(self, names):
        return {"app": {part: OffsetAndMetadata(7, "", -1) for part in ORDERS}}

    def list_partition_offsets(self, wanted):
        assert set(wanted.values()) == {-1}
        return {part: SimpleNamespace(offset=10 + part.partition) for part in wanted}

    def describe_configs(self, resources, config_filter):
        return {each.resource_type.name.lower(): {each.name: {}} for each in resources}

    def describe_log_dirs(self, brokers):
        return [{"broker": node} for node in brokers]


def part(index, leader, replicas, in_sync):
    return {
        "partition_index": index,
        "leader_id": leader,
        "replica_nodes": replicas,
        "isr_nodes": in_sync,
    }


@pytest.fixture
def client():
    return FakeClient()


def test_every_answer_is_json(client):
    answers = {name: ask() for name, ask in questions(client, 2).items()}
    assert set(json.loads(json.dumps(answers))) == {
        "cluster", "quorum", "topics", "reassignments", "groups", "broker-configuration",
        "topic-configurations", "disks",
    }  # fmt: skip
    assert answers["reassignments"]["orders-1"]["adding_replicas"] == [1]
    assert answers["disks"] == [{"broker": 2}]


def test_how_far_each_group_is_behind(client):
    assert groups(client) == {
        "app": {"state": "Stable", "lag": {"orders-0": 3, "orders-1": 4}},
        "new": {"state": "", "lag": {}},
    }


def test_partitions_in_trouble_are_named(client):
    assert troubles(client.describe_topics()) == {
        "leaderless": ["orders-1"],
        "short": ["orders-1"],
    }
