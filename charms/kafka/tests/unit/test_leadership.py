# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from hypothesis import given
from hypothesis import strategies as st

import leadership
from facts import Partition


def part(index, replicas=(0, 1, 2), in_sync=None, leader=0):
    return Partition("orders", index, replicas, in_sync or replicas, leader)


UP = {0, 1, 2}


def test_leaders_are_spread_over_those_that_stay():
    moves = leadership.away([part(n) for n in range(4)], 0, UP)
    assert [new for _, new in moves] == [(1, 2, 0), (2, 1, 0), (1, 2, 0), (2, 1, 0)]


def test_who_would_lead_again_is_no_longer_preferred():
    (move,) = leadership.away([part(0, leader=1), part(1, (1, 2, 0), leader=1)], 0, UP)
    assert move[0].index == 0


def test_only_who_is_up_and_in_sync_takes_over():
    (move,) = leadership.away([part(0, in_sync=(0, 2))], 0, UP)
    assert move[1] == (2, 1, 0)
    assert not leadership.away([part(0, in_sync=(0, 2))], 0, {0, 1})
    assert not leadership.away([part(0, (0,))], 0, UP)


def test_orders_come_back_unless_the_replicas_changed_meanwhile():
    was = [part(0), part(1), part(2)]
    now = [part(0, (1, 2, 0), leader=1), part(1, (1, 2, 3), leader=1)]
    assert leadership.back(now, was) == ((now[0], (0, 1, 2)),)
    assert not leadership.back(was, was)


ids = st.integers(0, 4)


@given(
    st.lists(
        st.lists(ids, min_size=1, unique=True).flatmap(
            lambda replicas: st.tuples(
                st.just(tuple(replicas)),
                st.sets(st.sampled_from(replicas)),
                st.sampled_from(replicas),
            )
        )
    ),
    st.sets(ids),
)
def test_a_broker_gives_up_what_another_can_take_and_gets_it_back(given_parts, up):
    parts = [
        Partition("t", number, replicas, tuple(sorted(in_sync)), leader)
        for number, (replicas, in_sync, leader) in enumerate(given_parts)
    ]
    moves = leadership.away(parts, 0, up)
    for was, new in moves:
        assert sorted(new) == sorted(was.replicas)
        assert new[-1] == 0
        assert new[0] in up and new[0] in was.in_sync
    moved = {was.index: new for was, new in moves}
    after = [Partition("t", p.index, moved.get(p.index, p.replicas), p.in_sync) for p in parts]
    restored = {now.index: new for now, new in leadership.back(after, [was for was, _ in moves])}
    assert restored == {
        was.index: was.replicas for was, _ in moves if moved[was.index] != was.replicas
    }
