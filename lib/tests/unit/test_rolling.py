# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataops.rolling import ClusterState, Copies, Go, Hold, Node, Voter, may_go, turn


def copies(name="orders-0", replicas=(0, 1, 2), in_sync=(0, 1, 2), least=2):
    return Copies(name, frozenset(replicas), frozenset(in_sync), least)


def state(down=(), **more):
    """Three nodes, all well but those that are down."""
    sound = ClusterState(
        nodes=tuple(Node(f"kafka/{n}", n, n not in down) for n in range(3)),
        partitions=(copies(),),
        voters=tuple(Voter(n, None if n in down else 0) for n in range(3)),
        controller=0,
    )
    return dataclasses.replace(sound, **more)


ALL = ("kafka/0", "kafka/1", "kafka/2")


def test_the_one_that_leads_the_controllers_goes_last():
    assert turn(state(), ALL).unit == "kafka/1"
    assert turn(state(), ("kafka/0",)).unit == "kafka/0"


def test_who_serves_nobody_goes_first():
    found = turn(state(down=(2,), partitions=(copies(in_sync=(0, 1)),)), ALL)
    assert found == Go("kafka/2", "kafka/2 serves nobody now")


def test_nobody_goes_while_another_is_down():
    found = turn(state(down=(2,)), ("kafka/0", "kafka/1"))
    assert isinstance(found, Hold)
    assert "kafka/2 is down" in found.because


def test_nobody_goes_whose_copies_are_needed_and_the_one_that_lags_may():
    behind = state(partitions=(copies(in_sync=(0, 1)),))
    held = may_go(behind, "kafka/1")
    assert held == Hold("too few copies would be in sync without kafka/1 of orders-0")
    assert isinstance(may_go(behind, "kafka/2"), Go)
    assert turn(behind, ALL).unit == "kafka/2"


def test_every_reason_is_told():
    ill = state(down=(2,), partitions=tuple(copies(f"t-{n}", in_sync=(0, 1)) for n in range(5)))
    because = may_go(ill, "kafka/1").because
    assert "kafka/2 is down" in because
    assert "t-0, t-1, t-2 and 2 more" in because
    assert "1 of 3 controllers would follow, and 2 have to" in because


def test_a_controller_that_lags_does_not_count():
    lagging = state(voters=(Voter(0), Voter(1), Voter(2, 5000)))
    assert "controllers" in may_go(lagging, "kafka/1").because
    assert isinstance(may_go(lagging, "kafka/2"), Go)


def test_what_cannot_be_spared_holds_unless_it_may_be_interrupted():
    single = state(partitions=(copies("logs-0", (1,), (1,), 1),))
    assert may_go(single, "kafka/1").because == "no copy to spare have logs-0: give them more"
    found = may_go(dataclasses.replace(single, interrupt=True), "kafka/1")
    assert isinstance(found, Go)
    assert "no waiting saves logs-0" in found.because


def test_a_lone_node_goes_only_where_it_may_interrupt():
    alone = ClusterState(
        nodes=(Node("kafka/0", 0),), partitions=(copies("a-0", (0,), (0,)),), voters=(Voter(0),)
    )
    assert isinstance(may_go(alone, "kafka/0"), Hold)
    assert isinstance(may_go(dataclasses.replace(alone, interrupt=True), "kafka/0"), Go)


@pytest.mark.parametrize("waiting", [(), ("kafka/9",)])
def test_who_is_not_there_does_not_go(waiting):
    assert isinstance(turn(state(), waiting), Hold)


ids = st.integers(min_value=0, max_value=5)
some = st.frozensets(ids)


@st.composite
def partitions(draw):
    replicas = draw(st.frozensets(ids, min_size=1))
    in_sync = draw(st.frozensets(st.sampled_from(sorted(replicas))))
    return Copies(draw(st.sampled_from("abc")), replicas, in_sync, draw(st.integers(1, 4)))


@st.composite
def states(draw):
    up = draw(some)
    lag = st.one_of(st.none(), st.integers(0, 3000))
    return ClusterState(
        nodes=tuple(Node(f"kafka/{n}", n, n in up) for n in range(6)),
        partitions=tuple(draw(st.lists(partitions(), max_size=6))),
        voters=tuple(Voter(n, draw(lag)) for n in sorted(draw(some))),
        controller=draw(ids),
        interrupt=draw(st.booleans()),
    )


def can_write(part: Copies, up: frozenset[int]) -> bool:
    """Whether writers that want every copy in sync are served: an independent statement."""
    return sum(1 for node in part.in_sync if node in up) >= min(part.least, len(part.replicas))


def decides(found: ClusterState, without: int = -1) -> bool:
    votes = [v for v in found.voters if v.id != without and v.lag is not None and v.lag <= 1000]
    return 2 * len(votes) > len(found.voters)


@given(states(), st.lists(st.sampled_from([f"kafka/{n}" for n in range(6)]), min_size=1))
def test_no_partition_and_no_majority_is_lost_that_could_be_kept(found, waiting):
    answer = turn(found, waiting)
    assert answer.because
    if isinstance(answer, Hold):
        return
    assert answer.unit in waiting
    node = int(answer.unit[-1])
    for part in found.partitions:
        if can_write(part, found.up):
            kept = can_write(part, found.up - {node})
            hopeless = len(part.replicas) <= min(part.least, len(part.replicas))
            assert kept or (found.interrupt and hopeless)
    if found.voters and decides(found):
        hopeless = len(found.voters) <= 2
        assert decides(found, without=node) or (found.interrupt and hopeless)
    # One at a time: nobody who serves goes while another does not.
    assert node not in found.up or found.up == frozenset(range(6))


@given(states(), st.lists(st.sampled_from([f"kafka/{n}" for n in range(6)]), min_size=1))
def test_whoever_waits_gets_a_turn_when_all_is_well(found, waiting):
    well = dataclasses.replace(
        found,
        nodes=tuple(Node(f"kafka/{n}", n) for n in range(6)),
        partitions=tuple(dataclasses.replace(p, in_sync=p.replicas) for p in found.partitions),
        voters=tuple(Voter(v.id) for v in found.voters),
        interrupt=True,
    )
    assert isinstance(turn(well, waiting), Go)


@given(states(), st.sampled_from([f"kafka/{n}" for n in range(6)]))
def test_a_turn_is_never_given_to_one_who_may_not_go(found, unit):
    assert turn(found, [unit]) == may_go(found, unit)
