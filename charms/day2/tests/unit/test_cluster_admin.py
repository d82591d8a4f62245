# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from fakes import FakeAdmin

import cluster_admin
from cluster_admin import Cluster
from dataops.interfaces.kafka_client import Access


def test_brokers_tell_their_logs_and_a_shared_disk_once():
    first, second, fenced = Cluster(FakeAdmin()).brokers()
    assert (first.id, first.log_bytes, first.disk_bytes, first.disk_free_bytes) == (
        1,
        64,
        1000,
        250,
    )
    assert second.address == "10.0.0.1:9093"
    assert fenced.fenced
    assert fenced.log_bytes is None


def test_the_whole_cluster_with_the_progress_of_its_groups():
    admin = FakeAdmin()
    admin.commit("readers", "events", 0, 90)
    admin.commit("readers", "events", 1, -1)
    cluster = Cluster(admin)
    before = cluster.sample()
    admin.ends["events", 0] = 130
    admin.commit("readers", "events", 0, 95)
    facts = cluster.facts(before)
    (topic,) = facts.topics
    assert [p.index for p in topic.partitions] == [0, 1]
    assert (topic.min_in_sync, topic.replication, topic.end_offset) == (2, 2, 180)
    ((readers,),) = (group.topics for group in facts.groups)
    assert (readers.lag, readers.lag_before, readers.consumed, readers.produced) == (35, 10, 5, 30)


def test_a_cluster_without_groups_and_with_a_copy_missing():
    cluster = Cluster(FakeAdmin(in_sync=(1,)))
    facts = cluster.facts(cluster.sample())
    assert facts.groups == ()
    assert facts.topics[0].short == 2


def test_the_connection_is_secured_as_the_access_says_and_closed(monkeypatch):
    admin, asked = FakeAdmin(), {}

    def client(**settings):
        asked.update(settings)
        return admin

    monkeypatch.setattr(cluster_admin, "KafkaAdminClient", client)
    access = Access(topic="day2", endpoints="a:9093,b:9093", username="u", password="p", tls=True)
    with Cluster.connect(access):
        assert asked["security_protocol"] == "SASL_SSL"
        assert asked["bootstrap_servers"] == ["a:9093", "b:9093"]
        assert asked["sasl_mechanism"] == "SCRAM-SHA-512"
    assert admin.closed
