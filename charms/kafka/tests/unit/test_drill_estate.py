# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import base64
import uuid

import pytest
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
)

import drill_estate
from facts import ClusterError

ID = uuid.uuid4()


class Client:
    """A cluster of one topic, whose partition is led once somebody asked often enough."""

    def __init__(self, elections=2):
        self.elections = elections

    def describe_topics(self):
        leader = -1 if self.elections else 0
        part = {"partition_index": 0, "leader_id": leader}
        return [
            {"name": "a", "topic_id": str(ID), "is_internal": False, "partitions": [part]},
            {"name": "__x", "topic_id": str(ID), "is_internal": True, "partitions": [part]},
        ]

    def elect_leaders(self, kind, partitions, raise_errors):
        assert kind == 1 and partitions == {"a": [0], "__x": [0]} and not raise_errors
        self.elections = max(0, self.elections - 1)

    def describe_acls(self, wanted):
        where = ResourcePattern(ResourceType.TOPIC, "a", ACLResourcePatternType.LITERAL)
        return [ACL("User:u", "*", ACLOperation.READ, ACLPermissionType.ALLOW, where)], None

    def describe_configs(self, wanted, config_filter):
        def option(value, source):
            return {"value": value, "config_source": source}

        options = {
            "cleanup.policy": option("compact", "DYNAMIC_TOPIC_CONFIG"),
            "min.insync.replicas": option("2", "DYNAMIC_DEFAULT_BROKER_CONFIG"),
        }
        return {"topic": {one.name: options for one in wanted}}

    def list_group_offsets(self, names):
        return {name: {} for name in names}


def test_whoever_has_the_copy_leads():
    client = Client()
    drill_estate.lead(client)
    assert client.elections == 0


def test_a_partition_that_nobody_leads_is_told(monkeypatch):
    monkeypatch.setattr(drill_estate, "_PATIENCE", 0)
    with pytest.raises(ClusterError, match="2 topics"):
        drill_estate.lead(Client(10**9))


def test_the_estate_is_what_the_backup_is_compared_with():
    found = drill_estate.estate(Client(0), ["g"])
    told = base64.urlsafe_b64encode(ID.bytes).decode().rstrip("=")
    assert found.topics == {"a": (told, 1)}
    assert found.configs == {"a": {"cleanup.policy": "compact"}}
    assert found.acls == {(2, "a", 3, "User:u", "*", 3, 3)}
    assert found.groups["g"].offsets == ()


@pytest.mark.parametrize("failed", [[], [KeyError]])
def test_a_reader_may_read_and_nothing_else(failed):
    asked = []

    class Granting:
        def create_acls(self, acls):
            asked.extend(acls)
            return {"succeeded": [], "failed": failed}

    if failed:
        with pytest.raises(ClusterError, match="1 permissions are refused"):
            drill_estate.let_read(Granting(), "someone")
        return
    drill_estate.let_read(Granting(), "someone")
    assert {one.principal for one in asked} == {"User:CN=someone"}
    assert {one.operation for one in asked} == {ACLOperation.READ, ACLOperation.DESCRIBE}
