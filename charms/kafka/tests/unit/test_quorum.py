# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from hypothesis import given
from hypothesis import strategies as st

from quorum import Change, can_miss, departure, next_change, size, wanted

ids = st.frozensets(st.integers(min_value=0, max_value=8))


def directories(nodes):
    return {node: f"dir-{node}" for node in nodes}


def test_an_even_number_never_votes():
    assert [size(members, 5) for members in range(1, 8)] == [1, 1, 3, 3, 5, 5, 5]


def test_those_who_vote_stay():
    assert wanted({2, 3, 4}, {0, 1, 2, 3, 4}, 3) == {2, 3, 4}


def test_newcomers_come_before_leavers_go():
    change = next_change(directories({0, 9}), directories({1, 2}), {0, 1, 2}, 3)
    assert change == Change(add=True, node=1, directory="dir-1")


def test_the_dead_go_first():
    change = next_change(directories({0, 1, 2, 9}), {}, {0, 1, 2}, 3)
    assert change == Change(add=False, node=9, directory="dir-9")


def test_whoever_is_not_there_yet_is_waited_for():
    assert next_change(directories({0}), {}, {0, 1, 2}, 3) is None


@given(voters=ids, others=ids, candidates=ids, limit=st.sampled_from([1, 3, 5]))
def test_changes_end_at_the_wanted_voters(voters, others, candidates, limit):
    left, observers = dict(directories(voters)), directories(others | candidates)
    for _ in range(40):
        change = next_change(left, observers, candidates, limit)
        if change is None:
            break
        if change.add:
            left[change.node] = change.directory
        else:
            del left[change.node]
            assert left
    else:
        raise AssertionError("it never ends")
    if candidates:
        assert set(left) == wanted(left, candidates, limit)
        assert len(left) % 2 == 1 and len(left) <= limit


@given(voters=ids, candidates=ids, leaving=st.integers(0, 8), limit=st.sampled_from([1, 3, 5]))
def test_a_departure_leaves_a_voter_if_anybody_can_be_one(voters, candidates, leaving, limit):
    stay = candidates - {leaving}
    left = set(voters)
    for change in departure(directories(voters), directories(stay), leaving, stay, limit):
        (left.add if change.add else left.remove)(change.node)
        assert left
    assert leaving not in left or not stay


def test_a_majority_is_of_all_voters_not_of_those_up():
    assert can_miss({0, 1, 2}, {0, 1, 2}, 0)
    assert not can_miss({0, 1, 2}, {0, 1}, 0)
    assert not can_miss({0, 1}, {0, 1}, 0)
    assert not can_miss({0}, {0}, 0)
