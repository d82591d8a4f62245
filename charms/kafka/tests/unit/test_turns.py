# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from builders import a_cluster, observed

import turns
from dataops.operations import Context, NoParams
from dataops.rolling import Go, Hold, Node, Voter, may_go
from facts import Partition


def asked(**more):
    return turns.guard(Context(observed(node=1, **more), None, NoParams()))


def test_a_unit_of_a_sound_cluster_may_go():
    assert isinstance(asked(), Go)


def test_nobody_may_while_a_unit_comes_or_goes_or_the_cluster_is_silent():
    assert asked(planned=4) == Hold("units of kafka come or go: 3 of 4 are here")
    assert asked(cluster=None) == Hold("the cluster does not answer")


def test_a_broker_whose_unit_is_gone_counts_as_one_that_is_down():
    cluster = a_cluster(fenced=frozenset({7}))
    found = turns.state(observed(), cluster)
    assert Node("broker 7", 7, up=False) in found.nodes
    assert asked(cluster=cluster) == Hold("broker 7 is down")


def test_a_topic_may_ask_for_more_copies_than_the_cluster_does():
    part = Partition("orders", 0, (0, 1, 2), (0, 1, 2), 0)
    strict = a_cluster(partitions=(part,), least_in_sync={"orders": 3})
    assert "no copy to spare have orders-0" in asked(cluster=strict).because
    found = turns.state(observed(), strict, interrupt=True)
    assert isinstance(may_go(found, "kafka/1"), Go)


def test_a_controller_of_which_nobody_has_heard_does_not_count():
    found = turns.state(observed(), a_cluster(lags={0: 0, 1: 2}))
    assert found.voters == (Voter(0, 0), Voter(1, 2), Voter(2, None))
    assert "controllers" in may_go(found, "kafka/1").because
