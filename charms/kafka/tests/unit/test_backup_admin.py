# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from backup_world import FakeClient
from kafka.errors import KafkaError

import backup_admin
from dataops.backup.manifest import GroupOffset
from dataops.backup.taking import Mark

EVERYTHING = [("orders", 0), ("orders", 1)]


def test_topics_have_what_was_set_for_them_alone():
    offsets, orders = backup_admin.topics(FakeClient())
    assert (orders.name, orders.partitions, orders.replication) == ("orders", 2, 1)
    assert orders.id == "A" * 22
    assert orders.configs == {"cleanup.policy": "compact"}
    assert (offsets.internal, orders.internal) == (True, False)


def test_groups_have_offsets_and_what_was_committed_with_them():
    readers, silent = backup_admin.groups(FakeClient())
    assert readers.offsets == (
        GroupOffset(topic="orders", partition=0, offset=3, leader_epoch=5, metadata="where I was"),
    )
    assert silent.offsets == ()


def test_partitions_begin_and_end_where_their_leaders_say():
    found = backup_admin.marks(FakeClient(), EVERYTHING)
    assert found.partitions == {
        "orders-0": Mark(log_start=0, end=10, leader_epoch=5),
        "orders-1": Mark(log_start=2, end=4, leader_epoch=5),
    }
    assert found.metadata_end == 42


def test_a_partition_that_goes_between_two_questions_is_left_out():
    client = FakeClient()
    client.vanishing = 1
    assert set(backup_admin.marks(client, EVERYTHING).partitions) == {"orders-0"}


def test_a_cluster_that_never_rests_is_given_up():
    client = FakeClient()
    client.vanishing = 9
    with pytest.raises(KafkaError, match="all the time"):
        backup_admin.marks(client, EVERYTHING)


def test_leaders_are_told_by_partition():
    assert backup_admin.leaders(FakeClient())["orders", 1] == 0
