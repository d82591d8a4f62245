# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
from types import SimpleNamespace

import pytest
from builders import a_cluster, but, observed

from facts import BrokerFacts, Partition
from operations.health_check import VERB


@pytest.fixture
def workload(tmp_path, monkeypatch):
    monkeypatch.setattr("operations.health_check.answers", lambda address: address != "10.0.0.2")
    return SimpleNamespace(broker=SimpleNamespace(data=tmp_path))


def names(found, workload):
    # The disk of the machine that runs the tests may be full; that is not what they are about.
    checks = VERB.call(found, workload, {}).failed
    return {check.name for check in checks} - {"disk"}


def test_all_is_well(workload):
    assert names(observed(), workload) == set()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"broker": BrokerFacts()}, {"broker", "certificate"}),
        ({"cluster": None}, {"brokers", "quorum", "partitions"}),
        (
            {"cluster": a_cluster(brokers=frozenset({0, 1}), fenced=frozenset({2}))},
            {"brokers", "quorum"},
        ),
        ({"cluster": a_cluster(controller=-1)}, {"quorum"}),
        (
            {"cluster": a_cluster(partitions=(Partition("a", 0, (0, 1), (0,), 0),))},
            {"partitions"},
        ),
        (
            {"cluster": a_cluster(partitions=(Partition("a", 0, (0,), (0,), -1),))},
            {"partitions"},
        ),
    ],
)
def test_what_is_wrong_is_named(workload, facts, expected):
    assert names(observed(**facts), workload) == expected


def test_a_port_with_an_old_certificate_is_named(workload):
    found = but(observed(), tls=dataclasses.replace(observed().tls, serial="new"))
    assert names(found, workload) == {"certificate"}


def test_every_failure_says_the_next_move(workload):
    checks = VERB.call(observed(broker=BrokerFacts(), cluster=None), workload, {}).failed
    assert all(check.next_move for check in checks)


def test_who_is_silent_is_named_where_the_cluster_does_not_answer(workload):
    checks = {each.name: each for each in VERB.call(observed(cluster=None), workload, {}).failed}
    for name in ("brokers", "quorum", "partitions"):
        assert checks[name].detail == "the cluster does not answer; kafka/1 does not answer"
