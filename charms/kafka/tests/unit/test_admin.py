# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import uuid

import pytest
from builders import request
from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaConnectionError,
    KafkaTimeoutError,
    NoError,
    OffsetNotAvailableError,
)

from access import acls_for
from admin import Administrator
from facts import ClusterError, Partition

DIRECTORY = uuid.UUID("12345678-1234-5678-1234-567812345678")


def voter(node, end, fetched):
    return {
        "replica_id": node,
        "replica_directory_id": DIRECTORY,
        "log_end_offset": end,
        "last_fetch_timestamp": fetched,
        "last_caught_up_timestamp": 100_000,
    }


class FakeClient:
    """Answers as kafka-python's administrator does, with what it was told before."""

    def __init__(self):
        self.users = {}
        self.acls = []
        self.moves = {}
        self.configs = []
        self.voters = [voter(0, 50, -1)]
        self.error = None

    def describe_cluster(self):
        if self.error:
            raise self.error
        return {"brokers": [{"broker_id": 0}, {"broker_id": 1, "is_fenced": True}]}

    def describe_metadata_quorum(self):
        quorum = {"leader_id": 0, "current_voters": self.voters, "observers": []}
        return {"topics": [{"partitions": [quorum]}]}

    def describe_topics(self):
        part = {"partition_index": 0, "replica_nodes": [1, 0], "isr_nodes": [1, 0], "leader_id": 1}
        return [{"name": "orders", "partitions": [part]}]

    def list_partition_offsets(self, wanted, timeout_ms):
        if self.error:
            raise self.error
        self.ends = wanted
        return dict.fromkeys(wanted)

    def list_partition_reassignments(self):
        return self.moves

    def describe_user_scram_credentials(self):
        return self.users

    def alter_user_scram_credentials(self, changes):
        (change,) = changes
        if hasattr(change, "salted_password"):
            self.users[change.user] = change
        elif self.users.pop(change.user, None) is None:
            return {change.user: "no such user"}
        return {change.user: None}

    def describe_acls(self, wanted):
        return self.acls, NoError

    # What the client sends itself, and whom it asks.
    @property
    def _manager(self):
        return self

    def run(self, call, *asked):
        return call(*asked)

    def send(self, wanted, node):
        self.asked = node
        if self.error:
            raise self.error
        assert wanted.principal_filter is None
        return self.acls

    def _convert_describe_acls_response_to_acls(self, answer):
        return answer, NoError

    def create_acls(self, acls):
        self.acls += acls
        return {"succeeded": acls, "failed": []}

    def delete_acls(self, filters):
        keys = {(f.principal, f.operation, f.resource_pattern) for f in filters}
        self.acls = [
            acl
            for acl in self.acls
            if (acl.principal, acl.operation, acl.resource_pattern) not in keys
        ]
        return [(one, [], NoError) for one in filters]

    def alter_partition_reassignments(self, wanted):
        self.moves = wanted
        return dict.fromkeys(wanted, None)

    def describe_configs(self, resources, config_filter):
        (resource,) = resources
        kind = resource.resource_type.name.lower()
        value = "2" if kind == "broker" else "1"
        return {kind: {resource.name: {"min.insync.replicas": {"value": value}}}}

    def alter_configs(self, resources, incremental, raise_on_unknown):
        assert incremental and not raise_on_unknown
        self.configs += resources


@pytest.fixture
def client():
    return FakeClient()


def test_facts(client):
    client.voters += [voter(1, 47, 99_000), voter(2, 50, 80_000)]
    facts = Administrator(client).facts()
    assert facts.brokers == {0} and facts.fenced == {1}
    assert facts.voters == dict.fromkeys(range(3), "EjRWeBI0VngSNFZ4EjRWeA")
    # Of node 2 the leader has not heard for 20 seconds.
    assert facts.lags == {0: 0, 1: 3}
    assert facts.partitions == (Partition("orders", 0, (1, 0), (0, 1), 1),)
    assert facts.min_in_sync == 2
    assert facts.least_in_sync == {"orders": 1}


def test_a_cluster_that_elects_is_no_crash(client):
    client.error = KafkaTimeoutError()
    with pytest.raises(ClusterError, match="KafkaTimeoutError"):
        Administrator(client).facts()


def test_a_leader_that_gives_out_no_end_does_not_acknowledge_yet(client):
    assert Administrator(client).acknowledge({("orders", 0)})
    assert client.ends == {TopicPartition("orders", 0): OffsetSpec.LATEST}
    client.error = OffsetNotAvailableError()
    assert not Administrator(client).acknowledge({("orders", 0)})
    client.error = KafkaConnectionError()
    with pytest.raises(ClusterError, match="KafkaConnectionError"):
        Administrator(client).acknowledge({("orders", 0)})


def test_acls_come_back_as_they_were_granted(client):
    admin = Administrator(client)
    wanted = acls_for(request(topic="orders-*", roles=("producer", "consumer", "admin")))
    admin.grant(wanted)
    assert admin.facts().acls == wanted
    admin.revoke(wanted)
    assert admin.facts().acls == frozenset()


def test_one_broker_says_what_is_in_force_there(client):
    admin, wanted = Administrator(client), acls_for(request())
    admin.grant(wanted)
    assert admin.permissions(2) == wanted and client.asked == 2
    client.error = KafkaConnectionError()
    with pytest.raises(ClusterError, match="KafkaConnectionError"):
        admin.permissions(2)


def test_a_refused_grant_is_an_error(client):
    client.create_acls = lambda acls: {"failed": [ClusterAuthorizationFailedError]}
    with pytest.raises(ClusterError, match="ClusterAuthorizationFailedError"):
        Administrator(client).grant(acls_for(request()))


def test_users_come_and_go_and_the_password_never_travels(client):
    admin = Administrator(client)
    admin.set_password("relation-7", "hush")
    assert admin.facts().users == {"relation-7"}
    assert b"hush" not in client.users["relation-7"].salted_password
    admin.drop_user("relation-7")
    assert admin.facts().users == frozenset()
    with pytest.raises(ClusterError, match="relation-7: no such user"):
        admin.drop_user("relation-7")


def test_moves(client):
    Administrator(client).move([(Partition("orders", 0, (0,), (0,)), (1, 2))])
    assert {(at.topic, at.partition): new for at, new in client.moves.items()} == {
        ("orders", 0): [1, 2]
    }


def test_both_stores_are_read_again_at_once(client, tmp_path):
    Administrator(client).reload_certificates(0, tmp_path / "key.pem", tmp_path / "trust.pem")
    (change,) = client.configs
    assert list(change.configs) == [
        "listener.name.client.ssl.truststore.location",
        "listener.name.client.ssl.keystore.location",
    ]
