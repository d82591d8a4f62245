# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import itertools

import ops
import pytest
from builders import CLUSTER_ID, a_cluster, a_peer, a_recovery, but, observed, request

from facts import BrokerFacts, Partition
from peers import Agreement
from plan import plan
from recovery import Share
from status import statuses
from steps import (
    Admit,
    Agree,
    Discard,
    ElectAny,
    Fetch,
    Format,
    Found,
    Note,
    Settle,
    Start,
    TakeOver,
)


def restoring(o=None, **more):
    """A unit of a cluster that is being restored."""
    o = o or observed()
    agreement = dataclasses.replace(o.agreement, recovery=a_recovery(**more))
    return but(o, agreement=agreement, now=50.0)


def placed(node=0, state="placed", **more):
    return Share("r1", state, more.pop("text", ""), {"bytes": 1 << node, **more})


def with_shares(o, shares):
    peers = tuple(a_peer(peer.node, share=shares.get(peer.node, Share())) for peer in o.peers)
    broker = dataclasses.replace(o.broker, share=shares.get(o.node, Share()))
    return but(o, peers=peers, broker=broker)


def of(kind, o):
    return [step for step in plan(o) if isinstance(step, kind)]


def agreed(o):
    """What the leader writes about the restore, if it does."""
    written = [step.values for step in of(Agree, o) if "recovery" in step.values]
    return written[0] if written else None


def test_while_it_is_placed_the_cluster_goes_on():
    o = restoring(but(observed(), requests=(request(),)))
    steps = plan(o)
    assert of(Fetch, o) and of(Admit, o)
    assert not any(isinstance(step, TakeOver | Format | Start) for step in steps)
    assert agreed(o) is None


def test_a_unit_tells_that_its_share_is_placed():
    o = with_shares(restoring(observed(node=1)), {1: placed(1)})
    assert {"recovery": placed(1).to_text()} in [step.values for step in of(Note, o)]


def test_when_all_shares_are_placed_another_cluster_is_agreed_on():
    shares = {node: placed(node) for node in range(3)}
    for missing in range(3):
        assert agreed(with_shares(restoring(), {**shares, missing: Share()})) is None
    values = agreed(with_shares(restoring(), shares))
    assert values["cluster-id"] == a_recovery().cluster_id and values["first"] == "0"
    assert values["founded"] == values["opened"] == ""
    assert '"starting"' in values["recovery"] and '"bytes": 7' in values["recovery"]


def test_shares_of_another_restore_do_not_count():
    shares = {node: dataclasses.replace(placed(node), name="r0") for node in range(3)}
    assert agreed(with_shares(restoring(), shares)) is None


@pytest.mark.parametrize("node", range(3))
def test_one_failure_ends_it_with_nothing_changed(node):
    shares = {0: placed(0), node: placed(node, "failed", text="no room")}
    values = agreed(with_shares(restoring(), shares))
    assert '"failed"' in values["recovery"] and f"kafka/{node}: no room" in values["recovery"]
    assert "cluster-id" not in values


def test_a_unit_that_goes_meanwhile_ends_it():
    o = restoring(but(observed(), peers=tuple(a_peer(node) for node in range(2))))
    assert "came or went" in agreed(o)["recovery"]


def starting(node=0, broker=None, **more):
    """A unit that has to take its restored data over."""
    o = observed(node=node)
    new = a_recovery().cluster_id
    agreement = Agreement(new, 0, recovery=a_recovery(stage="starting"))
    facts = broker or dataclasses.replace(o.broker, share=placed(node))
    return but(o, agreement=agreement, broker=facts, **more)


def test_the_old_data_goes_aside_before_anything_is_formatted():
    o = starting()
    assert o.broker.cluster_id == CLUSTER_ID
    assert of(TakeOver, o) and not of(Format, o) and not of(Start, o) and not of(Found, o)
    # The storage of the old cluster is no stranger's: it is being replaced.
    shown = [one.message for one in statuses(o) if isinstance(one, ops.BlockedStatus)]
    assert not shown


def test_a_disk_that_was_lost_meanwhile_is_filled_again():
    assert of(Fetch, starting(broker=BrokerFacts(version="v1"))) and not of(
        TakeOver, starting(broker=BrokerFacts(version="v1"))
    )


@pytest.mark.parametrize("node", range(3))
def test_the_restored_data_is_formatted_and_started(node):
    fresh = BrokerFacts(version="v1", restored="r1", share=placed(node))
    o = starting(node, fresh, cluster=None)
    assert of(Format, o) == [Format(a_recovery().cluster_id, standalone=node == 0)]
    assert of(Start, o)


def test_whoever_has_the_data_is_elected_once_all_are_there():
    broker = dataclasses.replace(observed().broker, restored="r1", cluster_id="x")
    without = (Partition("a", 0, (0, 1), ()), Partition("a", 1, (0, 1), (0,), 0))
    o = starting(broker=broker, cluster=a_cluster(partitions=without))
    founded = but(o, agreement=dataclasses.replace(o.agreement, founded=True))
    assert of(ElectAny, founded) == [ElectAny((("a", 0),))] and agreed(founded) is None
    less = but(founded, cluster=a_cluster(brokers=frozenset({0, 1}), partitions=without))
    assert not of(ElectAny, less)
    led = but(founded, cluster=a_cluster())
    assert '"finishing"' in agreed(led)["recovery"]


def test_clients_wait_until_groups_know_where_to_go_on():
    o = but(observed(), requests=(request(),))
    closed = restoring(o, stage="finishing")
    closed = but(closed, broker=dataclasses.replace(closed.broker, restored="r1"))
    assert of(Settle, closed) and not of(Admit, closed) and agreed(closed) is None
    told = Share("r1", "finished", "", {"groups": 3})
    done = but(closed, broker=dataclasses.replace(closed.broker, share=told))
    assert '"done"' in agreed(done)["recovery"] and '"groups": 3' in agreed(done)["recovery"]


@pytest.mark.parametrize("stage", ["done", "failed"])
def test_what_is_left_is_removed_once(stage):
    o = restoring(stage=stage)
    assert not of(Discard, o) and not of(Fetch, o) and not of(TakeOver, o)
    left = but(o, broker=dataclasses.replace(o.broker, leftovers=True))
    assert of(Discard, left)
    assert of(Admit, but(left, requests=(request(),)))


@pytest.mark.parametrize("stage", ["placing", "starting", "finishing"])
def test_the_operator_sees_where_it_is(stage):
    o = restoring(stage=stage)
    share = Share("r1", "placing", "3 of 9 MiB")
    o = but(o, broker=dataclasses.replace(o.broker, share=share))
    shown = [one.message for one in statuses(o) if isinstance(one, ops.MaintenanceStatus)]
    assert len(shown) == 1 and "20261122T215036Z" in shown[0] and "3 of 9 MiB" in shown[0]


def test_the_operator_sees_who_is_waited_for():
    def shown(o):
        (text,) = [one.message for one in statuses(o) if isinstance(one, ops.MaintenanceStatus)]
        return text

    assert "waits" not in shown(with_shares(restoring(), {1: placed(1)}))
    assert shown(with_shares(restoring(), {0: placed(0), 2: placed(2)})).endswith(
        ", which waits for kafka/1"
    )
    new = a_cluster(cluster_id=a_recovery().cluster_id, brokers=frozenset({0, 2}))
    assert shown(starting(cluster=new)).endswith(", which waits for kafka/1")


def test_a_unit_that_comes_later_is_like_any_other():
    o = restoring(observed(nodes=4, node=3), stage="done")
    empty = dataclasses.replace(BrokerFacts(version="v1"))
    assert of(Format, but(o, broker=empty)) and of(Start, but(o, broker=empty))


def test_no_moment_lets_two_clusters_meet():
    """Whatever a unit has and whatever is agreed on: nothing is formatted over other data."""
    stages = ("placing", "starting", "finishing", "done", "failed")
    disks = ("", CLUSTER_ID, a_recovery().cluster_id)
    for stage, disk, mark, node in itertools.product(stages, disks, ("", "r1"), range(3)):
        new = stage in ("starting", "finishing", "done")
        ours = a_recovery().cluster_id if new else CLUSTER_ID
        broker = BrokerFacts(version="v1", cluster_id=disk, restored=mark, share=placed(node))
        agreement = Agreement(ours, 0, recovery=a_recovery(stage=stage))
        o = but(observed(node=node), broker=broker, agreement=agreement, cluster=None)
        if of(Format, o):
            assert not disk
        if of(Start, o):
            assert disk in ("", ours)
            assert stage in ("placing", "done", "failed") or mark == "r1"


def test_the_old_cluster_that_still_answers_is_not_taken_for_the_new_one():
    broker = BrokerFacts(version="v1", stores="s", restored="r1", share=placed())
    old = a_cluster(cluster_id=CLUSTER_ID, partitions=(Partition("a", 0, (0,), ()),))
    o = starting(broker=broker, cluster=old)
    assert of(Format, o) == [Format(a_recovery().cluster_id, standalone=True)]
    assert not of(Agree, o) and not of(ElectAny, o)
    new = a_cluster(cluster_id=a_recovery().cluster_id)
    assert {"founded": "true"} in [step.values for step in of(Agree, but(o, cluster=new))]
