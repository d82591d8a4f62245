# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from builders import a_cluster, but, observed, request
from test_effects import Recorder

import gate
import slots
import steps
from access import acls_for
from dataops.rotation import Change, Rotation
from facts import ClusterError
from gate import Gate
from slots import Slots


@pytest.fixture
def admin():
    return Recorder()


@pytest.fixture(autouse=True)
def arrived(monkeypatch):
    """What was waited for."""
    waited = []
    monkeypatch.setattr(gate.arrival, "wait", lambda *told: waited.append(told[1:]))
    return waited


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
def apply(admin, peers, clients, vault):
    def applied(*todo, found=None):
        keys = Recorder(replace=("sealed anew",))
        made = Gate(found or observed(), peers, clients, vault, keys)
        return [made.apply(step, admin) for step in todo]

    return applied


def test_a_new_client_gets_a_password_of_its_own(apply, admin, clients):
    for _ in range(2):
        apply(
            steps.Introduce(("relation-7",), frozenset()),
            steps.Admit(request(), "relation-7", "10.0.0.1:9093", known=False),
        )
    passwords = [password for _, password in admin.of("set_password")]
    assert len(set(passwords)) == 2 and min(map(len, passwords)) >= 32
    assert [access.password for _, access in clients.of("answer")] == passwords
    assert clients.of("answer")[0][1].tls


def test_new_users_are_told_once_every_broker_that_is_up_knows_the_last_of_them(
    apply, admin, clients, arrived, monkeypatch
):
    found = observed(cluster=a_cluster(brokers=frozenset({0, 2}), fenced=frozenset({1})))
    todo = (
        steps.Introduce(("relation-7.2", "relation-8"), acls_for(request(), "relation-7.2")),
        steps.Admit(request(), "relation-7.2", "10.0.0.1:9093", known=False),
    )
    apply(*todo, found=found)
    ((servers, truststore, user, password, acls),) = arrived
    assert servers == {0: "10.0.0.1:9093", 2: "10.0.0.3:9093"}
    assert truststore == found.paths.etc / "truststore.pem"
    assert (user, password) == admin.of("set_password")[-1] and user == "relation-8"
    assert acls == acls_for(request(), "relation-7.2")
    assert len(clients.of("answer")) == 1

    def late(*_):
        raise ClusterError("broker 2 does not know it yet")

    monkeypatch.setattr(gate.arrival, "wait", late)
    with pytest.raises(ClusterError):
        apply(*todo, found=found)
    assert len(clients.of("answer")) == 1


def test_who_lost_its_user_gets_the_same_password(apply, admin):
    found = observed(passwords={"relation-7": "hush"})
    apply(steps.Introduce(("relation-7",), frozenset()), found=found)
    assert admin.of("set_password") == [("relation-7", "hush")]


def test_a_known_client_is_told_again_and_not_changed(apply, admin, clients):
    found = observed(passwords={"relation-7": "hush"})
    admit = steps.Admit(request(), "relation-7", "10.0.0.1:9093", known=True)
    assert apply(admit, found=found) == [False]
    assert not admin.of("set_password")
    assert clients.of("answer")[0][1].password == "hush"


def test_the_last_user_of_a_client_that_is_gone_takes_its_secret_along(apply, admin, clients):
    apply(steps.Dismiss("relation-7"))
    assert admin.of("drop_user") == [("relation-7",)] and not clients.of("withdraw")
    apply(steps.Dismiss("relation-7.2", client="relation-7"))
    assert clients.of("withdraw") == [("relation-7",)]


def test_renewing_keeps_the_old_passwords_and_makes_room_for_new_users(apply, admin, peers, vault):
    found = observed(
        passwords={"relation-7": "hush"},
        agreement=but(observed().agreement, rotation=Rotation("7/rotate/1")),
    )
    apply(steps.Renew(("relation-7",)), found=found)
    assert vault.of("keep") == [({"relation-7": "hush"},)]
    assert admin.of("watch_users") == [()]
    (written,) = (values for (values,) in peers.of("agree"))
    assert "hush" not in "".join(written.values())
    assert slots.from_text(written["slots"]) == {"relation-7": Slots(2, 1)}
    begun = Rotation.from_text(written["rotation"])
    assert begun.notes == ("sealed anew",)
    assert begun.began and begun.changes["relation-7"].new == "relation-7.2"


GONE = Rotation(
    "t", began=1, changes={"relation-7": Change("relation-7", "relation-7.2", 1, gone=True)}
)


def test_an_old_password_is_tried_and_forgotten_once_refused(apply, peers, vault, monkeypatch):
    tried = []
    monkeypatch.setattr(gate.login, "refused", lambda *given: tried.append(given[2:]) or True)
    apply(steps.ProveRefused(GONE))
    assert tried == [("relation-7", "hush")]
    (written,) = (values for (values,) in peers.of("agree"))
    assert Rotation.from_text(written["rotation"]).finished and vault.of("clear") == [()]


def test_a_password_that_still_opens_is_never_called_refused(apply, peers, vault, monkeypatch):
    monkeypatch.setattr(gate.login, "refused", lambda *given: False)
    with pytest.raises(ClusterError, match="still take the old password of relation-7"):
        apply(steps.ProveRefused(GONE))
    assert not peers.of("agree") and not vault.of("clear")
