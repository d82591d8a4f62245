# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from kafka import TopicPartition
from kafka.errors import NoError, NotCoordinatorError, UnknownMemberIdError
from kafka.structs import OffsetAndMetadata

import group_admin
from dataops.backup.manifest import Group, GroupOffset
from facts import ClusterError

GROUP = Group(
    name="g",
    offsets=(GroupOffset(topic="a", partition=1, offset=7, leader_epoch=2, metadata="note"),),
)


class Client:
    """Keeps offsets; refuses as often as it is told to."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.kept = {}

    def alter_group_offsets(self, name, offsets):
        error = self.errors.pop(0) if self.errors else NoError
        if error is NoError:
            self.kept.setdefault(name, {}).update(offsets)
        return dict.fromkeys(offsets, error)

    def list_group_offsets(self, names):
        return {name: self.kept.get(name, {}) for name in names}

    def describe_topics(self):
        parts = [{"partition_index": index} for index in range(2)]
        return [
            {"name": "a", "is_internal": False, "partitions": parts},
            {"name": "__consumer_offsets", "is_internal": True, "partitions": parts},
        ]

    def list_partition_offsets(self, wanted):
        return {
            tp: OffsetAndMetadata(5 if spec == -2 else 9, "", -1) for tp, spec in wanted.items()
        }


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(group_admin, "_PAUSE", 0)
    monkeypatch.setattr(group_admin, "_PATIENCE", 0.2)


def test_a_group_goes_on_where_it_is_told():
    client = Client(NotCoordinatorError)
    assert group_admin.tell(client, [GROUP]) == 1
    assert client.kept["g"] == {TopicPartition("a", 1): OffsetAndMetadata(7, "note", 2)}
    assert group_admin.told(client, ["g"]) == (GROUP,)


def test_a_group_with_members_is_told_of():
    client = Client(*[UnknownMemberIdError] * 100_000)
    with pytest.raises(ClusterError, match="UnknownMemberIdError"):
        group_admin.tell(client, [GROUP])


def test_bounds_are_those_of_our_topics():
    client = Client()
    places = group_admin.partitions(client)
    assert places == [("a", 0), ("a", 1)]
    assert group_admin.bounds(client, places) == {("a", 0): (5, 9), ("a", 1): (5, 9)}
    assert group_admin.bounds(client, []) == {}
