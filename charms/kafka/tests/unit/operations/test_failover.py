# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import types

import pytest
from builders import a_cluster, a_peer, observed

from dataops.operations import Context, OperationError, Work
from dataops.rolling import Go, Hold
from facts import Partition
from failover import Account
from operations import failover as verb
from operations.failover import VERB, FailoverParams


class Administrator:
    def session_timeout(self, node):
        return 9000


@contextlib.contextmanager
def administrator():
    yield Administrator()


WORKLOAD = types.SimpleNamespace(administrator=administrator)


def asked(unit="kafka/1", mode="planned", **more):
    return Context(observed(**{"node": 1, **more}), WORKLOAD, FailoverParams(unit=unit, mode=mode))


def test_the_unit_that_is_meant_knows_the_others():
    spec = VERB.prepare(asked())
    assert (spec.mode, spec.node, spec.session_timeout_ms) == ("planned", 1, 9000)
    assert spec.others == ("10.0.0.1", "10.0.0.3")


@pytest.mark.parametrize(("mode", "limit"), [("planned", 1000.0), ("crash", 13_500.0)])
def test_what_a_producer_may_wait_is_part_of_the_result(mode, limit, monkeypatch):
    class Failover:
        def __init__(self, **_):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def planned(self):
            return Account(3, (1, 1), led=0.1)

        def crash(self):
            return Account(3, (1, 1), pid=7, gone=0.1, led=5.0)

    monkeypatch.setattr("failover.Failover", Failover)
    result = VERB.work(Work(VERB.prepare(asked(mode=mode))))
    assert result.model_dump(by_alias=True)["gap-limit-ms"] == limit


@pytest.mark.parametrize("unit", ["kafka/0", "spark/0"])
def test_other_units_do_nothing_and_say_who_they_are(unit):
    context = asked(unit)
    assert isinstance(VERB.turn(context), Go)
    result = VERB.work(Work(VERB.prepare(context)))
    assert result.model_dump(exclude_none=True) == {"unit": "kafka/1"}


def test_a_unit_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(OperationError, match="no unit kafka/7; it has kafka/0, kafka/1, kafka/2"):
        VERB.turn(asked("kafka/7"))


def test_the_only_unit_cannot_fail_over():
    with pytest.raises(OperationError, match="juju add-unit kafka"):
        VERB.turn(asked("kafka/0", node=0, nodes=1))


def test_nobody_fails_over_while_another_is_down():
    cluster = a_cluster(brokers=frozenset({0, 1}), fenced=frozenset({2}))
    assert VERB.turn(asked(cluster=cluster)) == Hold(
        "kafka/2 is down; too few copies would be in sync without kafka/1 of orders-0; "
        "without kafka/1 1 of 3 controllers would follow, and 2 have to"
    )
    assert isinstance(VERB.turn(asked(cluster=cluster, mode="put-back")), Go)


def test_what_no_waiting_makes_safe_is_refused_at_once():
    lone = a_cluster(partitions=(Partition("logs", 0, (1,), (1,), 1),), least_in_sync={"logs": 1})
    with pytest.raises(OperationError, match="no copy to spare have logs-0"):
        VERB.turn(asked(cluster=lone))


def test_while_units_come_it_waits():
    peers = tuple(a_peer(n) for n in range(2))
    assert isinstance(VERB.turn(asked(peers=peers, cluster=a_cluster(2))), Hold)


def test_a_sentence_says_what_was_seen():
    spec = VERB.prepare(asked(mode="crash"))
    account = Account(4, (1, 2), pid=77, gone=0.05, led=9.2, recovered=31.0)
    result = verb._told(spec, account)
    assert result.summary == (
        "kafka/1 was killed (process 77), others led its 4 partitions after 9.2 s, "
        "controller 1 gave way to 2, and all was as before after 31.0 s."
    )
    assert (result.gone_ms, result.led_ms, result.killed_pid) == (50.0, 9200.0, 77)
