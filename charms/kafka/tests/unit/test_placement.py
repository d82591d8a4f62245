# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from hypothesis import given
from hypothesis import strategies as st

from facts import Partition
from placement import drain, raise_to

brokers = st.integers(min_value=0, max_value=6)
replicas = st.lists(brokers, min_size=1, max_size=3, unique=True).map(tuple)
partitions = st.lists(replicas, max_size=12).map(
    lambda found: tuple(Partition("t", n, nodes, nodes, nodes[0]) for n, nodes in enumerate(found))
)


def test_a_leaver_s_copies_go_to_the_least_loaded():
    parts = (Partition("a", 0, (0, 1), (0, 1)), Partition("b", 0, (1, 2), (1, 2)))
    assert drain(parts, {0}, {1, 2, 3}) == ((parts[0], (1, 3)),)


def test_with_no_room_there_are_fewer_copies():
    part = Partition("a", 0, (0, 1, 2), (0, 1, 2))
    assert drain((part,), {2}, {0, 1}) == ((part, (0, 1)),)


def test_with_nowhere_to_go_a_partition_stays():
    assert drain((Partition("a", 0, (0,), (0,)),), {0}, {0}) == ()


@given(parts=partitions, leaving=st.sets(brokers), live=st.sets(brokers))
def test_draining(parts, leaving, live):
    for part, new in drain(parts, leaving, live):
        assert new and not set(new) & leaving
        assert len(set(new)) == len(new) <= len(part.replicas)
        assert [node for node in part.replicas if node not in leaving] == list(
            new[: len(set(part.replicas) - leaving)]
        )
        room = len((live - leaving) - set(part.replicas))
        assert len(new) == min(len(part.replicas), len(set(part.replicas) - leaving) + room)


@given(parts=partitions, live=st.sets(brokers), copies=st.integers(1, 3))
def test_raising_only_adds(parts, live, copies):
    for part, new in raise_to(parts, copies, live):
        assert new[: len(part.replicas)] == part.replicas
        assert len(part.replicas) < len(new) <= copies
        assert set(new[len(part.replicas) :]) <= live
