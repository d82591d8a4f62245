# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import ops
import pytest
from builders import a_cluster, but, observed

from facts import BrokerFacts, Partition
from peers import Agreement
from status import statuses


def worst(found):
    order = ["blocked", "maintenance", "waiting", "active"]
    return min(statuses(found), key=lambda status: order.index(status.name))


def test_all_is_well():
    assert worst(observed()) == ops.ActiveStatus()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"config_problem": "heap: no"}, "juju config kafka"),
        ({"certified": False, "tls": None}, "juju integrate kafka:certificates"),
        ({"problem": "no Java: install it"}, "install it"),
        ({"broker": BrokerFacts(complaint="juju config <app> heap=1g")}, "juju config kafka heap"),
        # Also of one that still listens: it ends at the next record that does not fit.
        ({"broker": but(observed().broker, free=9 << 20)}, "disk full: 9 MiB left"),
        ({"broker": BrokerFacts(cluster_id="other")}, "add a unit with empty storage"),
        ({"denied": "IP_NOT_ALLOWED: no"}, "certificate refused: IP_NOT_ALLOWED: no"),
        ({"tls": but(observed().tls, objection="it expired")}, "not used: it expired"),
        ({"refusals": ("relation 7 with spark: topic",)}, "refused: relation 7 with spark"),
    ],
)
def test_what_only_the_operator_can_change(facts, words):
    status = worst(observed(**facts))
    assert status.name == "blocked" and words in status.message


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"tls": None}, "certificate"),
        ({"storage": None}, "storage"),
        # What a unit says that is removed: first its storage goes, then its relations.
        ({"storage": None, "certified": False, "tls": None}, "waiting for storage"),
        ({"agreement": Agreement()}, "leader"),
        ({"broker": BrokerFacts(running=True)}, "broker to start"),
        ({"cluster": None}, "founded by kafka/0"),
        (
            {"tls": but(observed().tls, starts=9, objection="compare the clocks"), "now": 5},
            "not used yet: compare the clocks",
        ),
        ({"setback": "Kafka: no"}, "will try again: Kafka: no"),
    ],
)
def test_what_comes_by_itself(facts, words):
    status = worst(observed(**facts))
    assert status.name == "waiting" and words in status.message


def test_the_first_deployment_says_how_far_it_is():
    young = but(observed().agreement, opened=False)
    found = observed(cluster=a_cluster(brokers=frozenset({0})), agreement=young)
    assert worst(found).message == "waiting for brokers: 1 of 3 are up"


def test_a_broker_that_is_down_is_a_warning():
    parts = (Partition("orders", 0, (0, 1, 2), (0, 1), 0),)
    down = a_cluster(brokers=frozenset({0, 1}), fenced=frozenset({2}), partitions=parts)
    status = worst(observed(cluster=down))
    assert status == ops.ActiveStatus("kafka/2 down: 1 partitions have a copy less")


def test_no_place_for_backups_is_a_warning_when_there_should_be_one():
    status = worst(observed(store_trouble="the object store has not answered"))
    assert status == ops.ActiveStatus("no backups: the object store has not answered")


def test_only_the_leader_speaks_of_clients():
    assert worst(observed(node=1, refusals=("no",))) == ops.ActiveStatus()
