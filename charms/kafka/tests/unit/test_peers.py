# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import ops
from ops import hookcmds, testing
from ops.hookcmds import Goal, GoalState

from peers import Agreement, Peers


class Charm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        self.peers = Peers(self, "cluster")


CONTEXT = testing.Context(
    Charm, meta={"name": "kafka", "peers": {"cluster": {"interface": "kafka_cluster"}}}
)


def charm(relation=None, leader=True):
    relations = [relation] if relation else []
    return CONTEXT(CONTEXT.on.update_status(), testing.State(relations=relations, leader=leader))


def test_without_a_relation_there_is_only_this_unit():
    with charm() as manager:
        assert [peer.unit for peer in manager.charm.peers.units()] == ["kafka/0"]
        assert manager.charm.peers.agreement() == Agreement()


def test_units_are_in_order_of_their_numbers():
    data = {10: {"address": "10.0.0.11"}, 2: {"online": "true"}}
    with charm(testing.PeerRelation("cluster", peers_data=data)) as manager:
        peers = manager.charm.peers.units()
    assert [peer.node for peer in peers] == [0, 2, 10]
    assert peers[1].online and peers[2].address == "10.0.0.11"


def test_what_is_written_is_read_and_empty_is_removed():
    relation = testing.PeerRelation("cluster", local_unit_data={"restart": "abc"})
    with charm(relation) as manager:
        peers = manager.charm.peers
        assert peers.note({"address": "10.0.0.1", "restart": ""})
        assert not peers.note({"address": "10.0.0.1", "restart": ""})
        assert peers.agree({"cluster-id": "ID", "first": "0", "founded": "true"})
        assert peers.agreement() == Agreement("ID", 0, founded=True)
        out = manager.run().get_relation(relation.id)
    assert out.local_unit_data["address"] == "10.0.0.1"
    assert "restart" not in out.local_unit_data


def test_who_else_leaves_is_asked_only_where_there_are_others(monkeypatch):
    goals = {"kafka/0": "active", "kafka/1": "dying", "kafka/2": "dying"}

    def goal_state():
        since = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        units = {unit: Goal(status=status, since=since) for unit, status in goals.items()}
        return GoalState(units=units, relations={})

    with charm(testing.PeerRelation("cluster", peers_data={1: {}, 2: {}})) as manager:
        monkeypatch.setattr(hookcmds, "goal_state", goal_state)
        assert manager.charm.peers.dying() == {1, 2}
        goals.update({"kafka/0": "dying", "kafka/2": "active"})
        assert manager.charm.peers.dying() == {1}
        goals.clear()
    with charm(testing.PeerRelation("cluster")) as manager:
        monkeypatch.delattr(hookcmds, "goal_state")
        assert manager.charm.peers.dying() == frozenset()
