# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from broker_fakes import Admin, Cluster
from confluent_kafka import KafkaException

from dataops.evidence.meter.topic import NotReadyError, ensure

CONFIG = {"sasl.username": "relation-1", "sasl.password": "first"}


def made(cluster):
    admin = Admin(cluster, CONFIG)
    with pytest.raises(NotReadyError, match="just been made"):
        ensure(admin, "canary-")
    return ensure(admin, "canary-")


@pytest.mark.parametrize(
    ("brokers", "assignment"),
    [
        (1, [[0]]),
        (2, [[0, 1], [1, 0]]),
        (4, [[0, 1, 2], [1, 2, 3], [2, 3, 0], [3, 0, 1]]),
    ],
)
def test_every_broker_leads_a_partition(brokers, assignment):
    cluster = Cluster(brokers)
    topic = made(cluster)
    assert (topic.partitions, topic.uncovered) == (brokers, ())
    assert topic.name.startswith("canary-")
    assert cluster.topic_configs[topic.name]["assignment"] == assignment


def test_the_same_brokers_have_the_same_topic_and_others_another():
    cluster = Cluster(3)
    first = made(cluster)
    assert ensure(Admin(cluster, CONFIG), "canary-") == first
    cluster.brokers[3] = True
    assert made(cluster).name != first.name


def test_a_broker_that_leads_nothing_is_named():
    cluster = Cluster(3)
    made(cluster)
    cluster.leader_of = lambda number: 0
    assert ensure(Admin(cluster, CONFIG), "canary-").uncovered == (1, 2)


def test_a_partition_without_leader_is_waited_for():
    cluster = Cluster(3)
    made(cluster)
    cluster.leader_of = lambda number: -1 if number == 1 else number
    with pytest.raises(NotReadyError, match=r"partition 1 of canary-.* has no leader"):
        ensure(Admin(cluster, CONFIG), "canary-")


def test_another_unit_may_be_first(monkeypatch):
    cluster = Cluster(3)
    topic = made(cluster)
    admin = Admin(cluster, CONFIG)
    real = admin.list_topics

    def before_it_was_there(timeout):
        metadata = real(timeout)
        metadata.topics = {}
        return metadata

    monkeypatch.setattr(admin, "list_topics", before_it_was_there)
    with pytest.raises(NotReadyError, match=topic.name):
        ensure(admin, "canary-")


def test_who_is_refused_is_told_so():
    with pytest.raises(KafkaException):
        ensure(Admin(Cluster(), {**CONFIG, "sasl.password": "other"}), "canary-")
