# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from builders import a_cluster, but, observed

import authority
from dataops.certificates import Served, parse
from dataops.certificates.renewal import Renewal
from dataops.operations import Context, OperationError, Pending
from dataops.rolling import Go, Hold
from facts import Partition
from operations import renew_certificates as module
from operations.renew_certificates import VERB, RenewCertificates

(NEW,) = parse(authority.certificate()[0])
BEGUN = Renewal("1/renew/1", "ab", "TRUST")


class Desk:
    """A workload whose ports serve one certificate each."""

    def __init__(self, renewal=None):
        self.broker = self.stores = self.renewals = self.requester = self.truststore = self
        self.keystore, self.process, self.leaf = "keystore", None, NEW
        self.renewal, self.asked = renewal, []
        self.serving = {9093: NEW, 19093: NEW, 9097: NEW}

    def read_text(self):
        return "TRUST"

    def read(self):
        return self.renewal

    def write(self, renewal):
        self.renewal = renewal

    def clear(self):
        self.renewal = None

    def request(self, *, new_key):
        self.asked.append(new_key)

    def ask(self, address, port):
        return Served((self.serving[port],)) if self.serving[port] else None


@pytest.fixture(autouse=True)
def refusals(monkeypatch):
    """Asks of old clients, and what they are told."""
    told = {}
    monkeypatch.setattr(
        module, "refusal", lambda address, port, trust, keystore: told.get((port, trust), "")
    )
    return told


def call(desk, found=None, task="1/renew/1", **params):
    return VERB.run(Context(found or observed(), desk, RenewCertificates(**params), task=task))


def loaded(**more):
    """A unit whose broker serves the new certificate."""
    found = observed(**more)
    tls, broker = but(found.tls, serial=NEW.serial), but(found.broker, serial=NEW.serial)
    return but(found, tls=tls, broker=broker)


@pytest.mark.parametrize("new_key", [True, False])
def test_the_first_call_asks_and_remembers_how_it_was(new_key):
    desk = Desk()
    with pytest.raises(Pending, match="is asked for"):
        call(desk, new_key=new_key)
    assert desk.asked == [new_key] and desk.renewal == BEGUN


def test_until_it_is_signed_and_loaded_it_is_waited_for():
    with pytest.raises(Pending, match="to sign"):
        call(Desk(BEGUN), observed(tls=None))
    slow = loaded()
    with pytest.raises(Pending, match="loading"):
        call(Desk(BEGUN), but(slow, broker=but(slow.broker, stores="s2")))
    desk = Desk(BEGUN)
    desk.serving[9097] = None
    with pytest.raises(Pending, match="9097"):
        call(desk, loaded())
    assert not desk.asked


def test_it_ends_when_every_port_serves_the_new_one():
    desk = Desk(BEGUN)
    result = call(desk, loaded())
    assert (result.old, result.serial, result.restarted) == ("ab", NEW.serial, False)
    assert [port.port for port in result.ports] == [9093, 19093, 9097]
    assert desk.renewal is None


def test_a_broker_that_was_restarted_meanwhile_is_told():
    desk = Desk(BEGUN)
    desk.process = "another"
    assert "after a restart" in call(desk, loaded()).summary


def test_an_old_client_that_is_refused_is_a_failure(refusals):
    refusals[9093, "TRUST"] = "unable to get local issuer certificate"
    with pytest.raises(OperationError, match=r"cannot talk to 10\.0\.0\.1:9093.*get-ca-cert"):
        call(Desk(BEGUN), loaded())


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"tls": None, "denied": "IP_NOT_ALLOWED: no"}, "refuses.*IP_NOT_ALLOWED: no"),
        ({"tls": but(observed().tls, serial="x", objection="it is for b")}, "because it is for b"),
    ],
)
@pytest.mark.parametrize("task", ["2/renew/1", "1/renew/1"])
def test_an_answer_of_no_use_ends_it_and_the_same_command_asks_again(facts, why, task):
    desk = Desk(BEGUN)
    with pytest.raises(OperationError, match=why):
        call(desk, observed(**facts))
    assert not desk.asked
    with pytest.raises(Pending):
        call(desk, observed(**facts), task=task)
    assert desk.asked == [True] and desk.renewal.task == task
    # It was told once, and again after the other answer.
    with pytest.raises(OperationError, match=why):
        call(desk, observed(**facts), task=task)


def test_a_provider_whose_clock_is_ahead_is_waited_for():
    tls = but(observed().tls, serial="x", starts=9, objection="compare the clocks")
    for task in ("1/renew/1", "2/renew/1"):
        desk = Desk(BEGUN)
        with pytest.raises(Pending, match="compare the clocks"):
            call(desk, observed(tls=tls, now=5), task=task)
        assert not desk.asked


@pytest.mark.parametrize("renewal", [None, BEGUN])
def test_without_a_provider_it_says_how_to_get_one_and_goes_on_once_there_is(renewal):
    desk = Desk(renewal)
    with pytest.raises(OperationError, match="juju integrate kafka:certificates"):
        call(desk, observed(certified=False, tls=None))
    assert not desk.asked and desk.renewal == renewal
    with pytest.raises(Pending):
        call(desk, observed())


def test_a_broker_that_serves_nobody_has_nothing_to_prove():
    found = observed()
    with pytest.raises(OperationError, match="serves nobody"):
        call(Desk(), but(found, broker=but(found.broker, listening=False)))


def test_nobody_begins_while_a_copy_is_missing():
    def turn(found, renewal=None):
        return VERB.turn(Context(found, Desk(renewal), RenewCertificates()))

    short = observed(cluster=a_cluster(partitions=(Partition("t", 0, (0, 1), (0,), 0),)))
    assert isinstance(turn(observed()), Go)
    assert turn(short) == Hold("1 partitions have a copy less")
    assert isinstance(turn(observed(cluster=None)), Hold)
    # Who has begun ends it.
    assert isinstance(turn(short, BEGUN), Go)
