# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A failover of one broker of a cluster that behaves, and of a process that really dies."""

import contextlib
import dataclasses
import subprocess

import pytest
from builders import a_cluster

import failover as module
from dataops.host.processes import Process, identify
from dataops.host.services import Service, ServiceState, Status
from dataops.operations import Cancelled, OperationError, Work
from facts import ClusterError, Partition
from failover import Failover, Ledger


class FakeCluster:
    """Three brokers and two partitions; what it is asked to do is done by the next look.

    Attributes:
        facts: as of now.
        lame: calls that fail before it answers again.
        slow: looks until a leader that was just elected acknowledges.
        groups: how many partitions got another leader each time.
    """

    def __init__(self):
        parts = (
            Partition("orders", 0, (1, 0, 2), (0, 1, 2), 1),
            Partition("orders", 1, (0, 1, 2), (0, 1, 2), 0),
        )
        self.facts = a_cluster(partitions=parts, controller=2)
        self.lame = 0
        self.slow = 0
        self.asked = []
        self.groups = []

    def condition(self):
        self._limp()
        return self.facts

    def move(self, moves):
        self._limp()
        self.asked.append("move")
        new = {(part.topic, part.index): order for part, order in moves}
        self._parts(
            lambda p: dataclasses.replace(p, replicas=new.get((p.topic, p.index), p.replicas))
        )

    def elect_preferred(self, keys):
        self.asked.append("elect")
        self.groups.append(len(keys))
        self._parts(
            lambda p: (
                dataclasses.replace(p, leader=p.replicas[0])
                if (p.topic, p.index) in keys and p.replicas[0] in p.in_sync
                else p
            )
        )

    def acknowledge(self, keys):
        led = {(p.topic, p.index): p.leader == p.replicas[0] for p in self.facts.partitions}
        assert all(led[key] for key in keys)
        self.asked.append("look" if self.slow else "acknowledged")
        self.slow = max(0, self.slow - 1)
        return self.asked[-1] == "acknowledged"

    def lose(self, node):
        """The broker is gone: others lead, and its copies fall behind."""
        self.facts = dataclasses.replace(
            self.facts,
            brokers=self.facts.brokers - {node},
            fenced=frozenset({node}),
            controller=0 if self.facts.controller == node else self.facts.controller,
        )

        def without(part):
            left = tuple(one for one in part.in_sync if one != node)
            leader = left[0] if part.leader == node else part.leader
            return dataclasses.replace(part, in_sync=left, leader=leader)

        self._parts(without)

    def heal(self):
        self.facts = dataclasses.replace(
            self.facts, brokers=frozenset(range(3)), fenced=frozenset()
        )
        self._parts(lambda p: dataclasses.replace(p, in_sync=tuple(sorted(p.replicas))))

    def _parts(self, change):
        parts = tuple(change(part) for part in self.facts.partitions)
        self.facts = dataclasses.replace(self.facts, partitions=parts)

    def _limp(self):
        if self.lame:
            self.lame -= 1
            raise ClusterError("Kafka: NodeNotReadyError")


class FakeBroker:
    """The service manager of the broker's unit, with a process that is really there."""

    def __init__(self, cluster, node):
        self._cluster, self._node = cluster, node
        self.process = None
        self.journal = []
        self.start("broker")

    def start(self, name):
        assert name == "broker"
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(["sleep", "600"])
            self.journal.append("start")
            self._cluster.heal()

    def stop(self, name, *, patience=None):
        self.process.kill()
        self.process.wait()
        self.journal.append("stop")
        self._cluster.lose(self._node)

    def state(self, name):
        return ServiceState(Status.RUNNING, pid=self.process.pid)

    def ensure(self, service: Service):
        raise AssertionError("A failover defines no service")


@pytest.fixture
def cluster(monkeypatch):
    cluster = FakeCluster()

    @contextlib.contextmanager
    def administrator(addresses, etc):
        assert addresses == ("10.0.0.1", "10.0.0.3")
        yield cluster

    monkeypatch.setattr(module, "administrator", administrator)
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0.01)
    return cluster


@pytest.fixture
def broker(cluster):
    broker = FakeBroker(cluster, 1)
    yield broker
    broker.process.kill()
    broker.process.wait()


@pytest.fixture
def start(tmp_path, cluster, broker):
    def make(work=None, patience=60.0):
        return Failover(
            node=1,
            services=broker,
            others=("10.0.0.1", "10.0.0.3"),
            etc=tmp_path,
            ledger=Ledger.read(tmp_path / "failover.json"),
            work=work or Work(spec=None),
            patience=patience,
        )

    return make


def test_planned_others_lead_for_a_moment_and_everything_comes_back(cluster, broker, start):
    before = cluster.facts
    with start() as failover:
        account = failover.planned()
    assert (account.partitions, account.controllers, account.pid) == (1, (2, 2), 0)
    assert cluster.asked == ["move", "elect", "acknowledged"] * 2
    assert cluster.facts == before
    assert broker.journal == ["start"]
    assert not list(failover._ledger.path.parent.glob("*.json"))


def test_planned_leaders_change_back_only_once_the_new_ones_acknowledge(cluster, start):
    cluster.slow = 2
    with start() as failover:
        failover.planned()
    there = ["move", "elect", "look", "look", "acknowledged"]
    assert cluster.asked == [*there, "move", "elect", "acknowledged"]


def test_leaders_change_two_at_a_time_each_once_the_ones_before_acknowledge(cluster, start):
    many = (Partition("orders", n, (1, 0, 2), (0, 1, 2), 1) for n in range(5))
    cluster.facts = dataclasses.replace(cluster.facts, partitions=tuple(many))
    before = cluster.facts
    with start() as failover:
        failover.planned()
    assert cluster.asked == ["move", *["elect", "acknowledged"] * 3] * 2
    assert cluster.groups == [2, 2, 1] * 2
    assert cluster.facts == before


def test_the_leaders_of_very_many_change_in_fifty_turns(cluster, start):
    many = (Partition("orders", n, (1, 0, 2), (0, 1, 2), 1) for n in range(500))
    cluster.facts = dataclasses.replace(cluster.facts, partitions=tuple(many))
    with start() as failover:
        failover.planned()
    assert cluster.groups == [10] * 100


def test_planned_the_controller_ends_in_order_because_only_that_moves_it(cluster, broker, start):
    cluster.facts = dataclasses.replace(cluster.facts, controller=1)
    with start() as failover:
        account = failover.planned()
    assert account.controllers == (1, 0)
    assert broker.journal == ["start", "stop", "start"]
    assert [part.leader for part in cluster.facts.partitions] == [1, 0]


def test_a_cluster_that_stumbles_is_asked_again(cluster, start):
    cluster.lame = 3
    with start() as failover:
        assert failover.planned().partitions == 1


def test_crash_the_process_is_dead_before_anything_is_said(cluster, broker, start, monkeypatch):
    first = identify(broker.process.pid)
    seen = []

    def tell(text, done):
        if "is dead" in text:
            assert not first.alive
            cluster.lose(1)
        if "others lead" in text:
            seen.append(text)
            broker.start("broker")

    with start(Work(spec=None, tell=tell)) as failover:
        account = failover.crash()
    assert account.pid == first.pid
    assert account.gone < account.led <= account.recovered
    assert seen
    # It leads again what it led before.
    assert [part.leader for part in cluster.facts.partitions] == [1, 0]


def test_a_job_that_goes_on_after_the_kill_kills_no_other_process(
    cluster, broker, start, tmp_path
):
    ledger = Ledger(tmp_path / "failover.json")
    ledger.note(killed=Process(broker.process.pid, started=1))
    with start() as failover:
        account = failover.crash()
    assert account.led is None
    assert broker.process.poll() is None


def test_what_an_interrupted_failover_left_is_put_back(cluster, broker, start, tmp_path):
    parts = cluster.facts.partitions
    Ledger(tmp_path / "failover.json").note(orders=[parts[0]])
    moved = dataclasses.replace(parts[0], replicas=(2, 0, 1), leader=2)
    cluster.facts = dataclasses.replace(cluster.facts, partitions=(moved, parts[1]))
    with start() as failover:
        assert failover.put_back() == 1
    assert cluster.facts.partitions == parts
    with start() as failover:
        assert failover.put_back() == 0


def test_whoever_cancels_finds_everything_as_it_was(cluster, broker, start):
    before = cluster.facts
    work = Work(spec=None, asked_to_end=lambda: "elect" in cluster.asked)
    with start(work) as failover, pytest.raises(Cancelled):
        failover.planned()
    assert cluster.facts == before


def test_what_does_not_come_is_said_with_the_next_move(cluster, broker, start):
    cluster.facts = a_cluster(partitions=(Partition("a", 0, (1,), (1,), 1),))
    with (
        start(patience=0.2) as failover,
        pytest.raises(OperationError, match=r"others lead what it led.*mode=put-back"),
    ):
        failover.planned()


def test_nothing_is_killed_where_nothing_runs(cluster, broker, start):
    broker.process.kill()
    broker.process.wait()
    with start() as failover, pytest.raises(OperationError, match="nothing to kill"):
        failover.crash()
