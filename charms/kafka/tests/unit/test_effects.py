# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
from pathlib import Path

import pytest
from builders import CLUSTER_ID, a_cluster, a_recovery, observed, request

import effects as module
import gate
import steps
from access import acls_for
from dataops.rotation import Rotation
from effects import Effects
from facts import ClusterError, Partition
from gate import Gate
from quorum import Change as QuorumChange

_PARTS = ("paths", "programs", "stores", "keystore", "truststore", "restorer", "shipping")


class Recorder:
    """Notes every call by name and arguments; answers what it was told to."""

    def __init__(self, **answers):
        self.calls = []
        self.answers = answers

    def __getattr__(self, name):
        if name in _PARTS:
            return self

        def call(*args, **kwargs):
            self.calls.append((name, *args, *kwargs.values()))
            answer = self.answers.get(name)
            return answer() if callable(answer) else answer

        return call

    def of(self, name):
        return [call[1:] for call in self.calls if call[0] == name]


@pytest.fixture
def broker():
    return Recorder(start=True, wait_until_loaded="")


@pytest.fixture
def admin():
    return Recorder(facts=a_cluster())


@pytest.fixture
def peers():
    return Recorder()


@pytest.fixture
def clients():
    return Recorder()


@pytest.fixture
def vault():
    return Recorder(kept={"relation-7": "hush"})


@pytest.fixture
def make(broker, admin, peers, clients, vault):
    def made(found=None, **instead):
        found = found or observed()
        gate = Gate(found, peers, clients, vault, Recorder(replace=()))
        given = {"broker": broker, "admin": admin, "peers": peers, "gate": gate}
        given["requester"] = Recorder()
        return Effects(
            found, **{**given, **instead}, archive=lambda: Path("/a"), backup_key=str, lasting=dict
        )

    return made


def test_a_new_cluster_has_an_id_that_no_program_takes_for_an_option(make, peers):
    for _ in range(200):
        make().apply(steps.Found(first=0))
    ids = [values["cluster-id"] for (values,) in peers.of("agree")]
    assert len(set(ids)) == 200
    assert all(len(one) == 22 and not one.startswith("-") for one in ids)


def test_formatted_storage_keeps_its_id(make, peers):
    make().apply(steps.Found(first=0, cluster_id="from-before"))
    assert peers.of("agree") == [({"cluster-id": "from-before", "first": "0"},)]


def test_the_archive_is_asked_for_when_it_is_needed(make, broker):
    make().apply(steps.Install())
    assert broker.of("install") == [(Path("/a"),)]


@pytest.mark.parametrize("started", [True, False])
def test_a_start_is_waited_for_outside_the_hook(make, started):
    broker = Recorder(start=started)
    assert make(broker=broker).apply(steps.Start("512m", "abc")) is started
    assert broker.of("wake_when_listening") == [("kafka/0",)]


def test_a_certificate_that_the_broker_does_not_take_is_an_error(make, admin):
    broker = Recorder(wait_until_loaded="client on port 9093 serves ab, not cd")
    with pytest.raises(ClusterError, match=r"9093 serves ab, not cd: see /workload.*server\.log"):
        make(broker=broker).apply(steps.ReloadCertificate(0))
    assert admin.of("reload_certificates")
    # Nothing else may cause a hook for minutes.
    assert broker.of("wake_after") == [("kafka/0", 30)]


def test_an_expired_certificate_is_asked_for_with_a_new_key(make):
    requester = Recorder()
    make(requester=requester).apply(steps.RequestCertificate())
    assert requester.of("request") == [(True,)]


@pytest.fixture
def asked(monkeypatch):
    """Who is asked while others are waited for: nobody, a cluster in doubt, then what it says."""
    admins = [None, Recorder(facts=lambda: a_cluster(brokers=frozenset({2})))]

    @contextlib.contextmanager
    def administrator(addresses, etc):
        assert "10.0.0.1" in addresses
        yield admins.pop(0) if admins else Recorder(facts=a_cluster)

    monkeypatch.setattr(module, "administrator", administrator)
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    return admins


def test_others_are_waited_for_until_one_is_up(make, asked):
    make().apply(steps.AwaitOthers(frozenset({0, 1})))
    assert not asked


def test_others_that_stay_away_are_named_with_the_next_move(make, asked, monkeypatch):
    monkeypatch.setattr(module, "_OTHERS_SECONDS", -1)
    with pytest.raises(
        ClusterError, match=r"what kafka/0 has: .* `juju remove-unit --force kafka"
    ):
        make().apply(steps.AwaitOthers(frozenset({1})))


def test_draining_goes_on_until_nothing_is_left(make, monkeypatch):
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    here = a_cluster(partitions=(Partition("t", 0, (2,), (2,), 2),))
    there = a_cluster(partitions=(Partition("t", 0, (0,), (0,), 0),))
    states = [here, here, there]
    admin = Recorder(facts=lambda: states.pop(0))
    make(admin=admin).apply(steps.Drain(2, frozenset({0, 1})))
    assert len(admin.of("move")) == 2 and not states


def test_draining_keeps_no_copy_on_a_broker_that_left_at_the_same_time(make, monkeypatch):
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    # Unit 1 was given copies while it left; who comes last has nobody but unit 0.
    here = a_cluster(
        brokers=frozenset({0, 2}), partitions=(Partition("t", 0, (0, 1, 2), (0, 2), 0),)
    )
    there = a_cluster(partitions=(Partition("t", 0, (0,), (0,), 0),))
    states = [here, there]
    admin = Recorder(facts=lambda: states.pop(0))
    make(admin=admin).apply(steps.Drain(2, frozenset({0, 1})))
    ((moves,),) = admin.of("move")
    assert [new for _, new in moves] == [(0,)]


@pytest.mark.parametrize(("node", "other"), [(1, 2), (2, 1)])
def test_who_drains_one_of_two_that_leave_decides_as_the_other_one_does(make, node, other):
    parts = (Partition("t", 0, (1, 2), (1, 2), 1), Partition("t", 1, (0, 1, 2), (0, 1, 2), 0))
    states = [a_cluster(partitions=parts), a_cluster(partitions=())]
    admin = Recorder(facts=lambda: states.pop(0))
    make(admin=admin).apply(steps.Drain(node, frozenset({0}), frozenset({other})))
    ((moves,),) = admin.of("move")
    assert [new for _, new in moves] == [(0,), (0,)]


def test_draining_does_not_go_on_for_ever(make, monkeypatch):
    monkeypatch.setattr(module, "_DRAIN_SECONDS", -1)
    admin = Recorder(facts=a_cluster(partitions=(Partition("t", 0, (2,), (2,), 2),)))
    with pytest.raises(ClusterError, match=r"1 partitions are still on broker 2.*juju resolve"):
        make(admin=admin).apply(steps.Drain(2, frozenset({0, 1})))


def test_changes_of_the_quorum(make, broker):
    make().apply(steps.ChangeQuorum(QuorumChange(True, 1, "dir-1"), "10.0.0.2"))
    make().apply(steps.ChangeQuorum(QuorumChange(False, 1, "dir-1")))
    servers = "10.0.0.1:19093,10.0.0.2:19093,10.0.0.3:19093"
    assert broker.of("add_voter") == [(servers, CLUSTER_ID, 1, "10.0.0.2", "dir-1")]
    assert broker.of("remove_voter") == [(servers, 1, "dir-1")]


def test_nothing_is_asked_of_a_cluster_that_does_not_answer(make):
    with pytest.raises(ClusterError, match="does not answer"):
        make(admin=None).apply(steps.Grant(acls_for(request())))


SAMPLES = [
    steps.Fetch(a_recovery()),
    steps.TakeOver(a_recovery()),
    steps.PutBack("r1"),
    steps.ElectAny((("a", 0),)),
    steps.Settle(a_recovery()),
    steps.Discard(),
    steps.Install(),
    steps.Note({}),
    steps.Found(0),
    steps.Agree({}),
    steps.LookAgain(),
    steps.Configure({}, {}),
    steps.Format("ID", True),
    steps.Start("512m", "abc"),
    steps.RequestCertificate(),
    steps.ReloadCertificate(0),
    steps.ProvePorts(),
    steps.ChangeQuorum(QuorumChange(True, 1, "dir-1")),
    steps.MoveReplicas(()),
    steps.AwaitOthers(frozenset({0})),
    steps.Drain(9, frozenset()),
    steps.SetMinInSync(2),
    steps.Unregister(1),
    steps.Grant(frozenset()),
    steps.Revoke(frozenset()),
    steps.Introduce(("relation-7",), frozenset()),
    steps.Admit(request(), "relation-7", "", True),
    steps.Dismiss("relation-7"),
    steps.Withdraw("relation-7"),
    steps.Renew(()),
    steps.ProveRefused(Rotation("t")),
    steps.KeepShipping(5),
    steps.StopShipping(),
    steps.Stop(),
    steps.Remove(),
]


def test_every_step_has_its_effect(make, asked, monkeypatch):
    monkeypatch.setattr(gate.arrival, "wait", lambda *_: None)
    kinds = {*steps.Step.__subclasses__(), *steps.Admission.__subclasses__()}
    assert {type(step) for step in SAMPLES} == kinds - {steps.Admission}
    for step in SAMPLES:
        make(observed(passwords={"relation-7": "hush"})).apply(step)


def test_what_another_hook_has_to_do_is_done_at_once(make, broker):
    assert not make().apply(steps.LookAgain())
    assert broker.of("wake_after") == [("kafka/0", 1)]


def test_a_user_that_has_not_come_to_every_broker_is_looked_for_again(make, broker, monkeypatch):
    def wait(*_):
        raise ClusterError("broker 2 does not know the new user relation-7 yet")

    monkeypatch.setattr(gate.arrival, "wait", wait)
    with pytest.raises(ClusterError, match="broker 2 does not know"):
        make().apply(steps.Introduce(("relation-7",), frozenset()))
    assert broker.of("wake_after") == [("kafka/0", 10)]


def test_a_step_without_an_effect_is_a_mistake(make):
    for step in (steps.Step(), steps.Admission()):
        with pytest.raises(NotImplementedError):
            make().apply(step)
