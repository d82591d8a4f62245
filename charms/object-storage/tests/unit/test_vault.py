# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The keys in Juju's hands."""

import pytest

import vault as vault_module
from dataops.objectstore import Refused, Unreachable
from dataops.rotation import Rotation
from keyring import Keyring
from vault import Vault


class Secret:
    def __init__(self, content):
        self.content = content

    def set_content(self, content):
        self.content = content


class Model:
    """One application with at most one secret."""

    def __init__(self):
        self.app = self
        self.secret = None

    def add_secret(self, content, label):
        assert self.secret is None
        self.secret = Secret(content)

    def get_secret(self, label):
        return self.secret


class Charm:
    def __init__(self):
        self.model = Model()


class Provider:
    def __init__(self):
        self.withdrawn, self.answers = [], {}

    def withdraw(self, relation_id):
        self.withdrawn.append(relation_id)

    def answer(self, request, target):
        self.answers[request.relation_id] = target


def test_keys_are_made_once_and_dropped_with_their_owner(facts, request_of):
    charm, provider = Charm(), Provider()
    vault = Vault(charm, provider)
    asked = facts(keyring=Keyring(), requests=(request_of(7), request_of(8)))
    assert vault.agree(asked)
    ring = Keyring.read(charm.model.secret.content)
    assert set(ring.keys) == {"admin", "relation-7", "relation-8"}
    assert not vault.agree(facts(keyring=ring, requests=asked.requests))
    assert vault.agree(facts(keyring=ring, requests=(request_of(8),)))
    assert provider.withdrawn == [7]


def test_others_leave_everything_to_the_leader(facts, request_of):
    provider = Provider()
    vault = Vault(Charm(), provider)
    follower = facts(leader=False, requests=(request_of(),))
    assert not vault.agree(follower)
    vault.answer(follower)
    assert not provider.answers


def test_nobody_is_answered_before_there_are_keys(facts, request_of):
    provider = Provider()
    vault = Vault(Charm(), provider)
    vault.answer(facts(requests=(request_of(7), request_of(9))))
    assert set(provider.answers) == {7}


class Store:
    """Takes some keys, refuses all others; or is not there."""

    def __init__(self, monkeypatch, *accesses, there=True):
        def open_store(target, patience):
            self.key = target.access_key.get_secret_value()
            return self

        self.accesses, self.there = accesses, there
        monkeypatch.setattr(vault_module, "open_store", open_store)

    def head(self, key):
        if not self.there:
            raise Unreachable("Cannot reach the store")
        if self.key not in self.accesses:
            raise Refused("The store refuses the keys")


@pytest.fixture
def gone(facts):
    """Everybody's old keys are gone, and not yet seen to be refused."""
    ring = facts().keyring.asking(Rotation("1/a/1", quiet=0, force=True))
    return ring.agreed(["relation-7"], {}, 1).agreed(["relation-7"], {}, 2)


def kept(charm, ring):
    charm.model.add_secret(ring.write(), "keys")
    return lambda: Keyring.read(charm.model.secret.content)


def test_what_is_refused_is_forgotten_and_what_is_taken_is_not(facts, gone, monkeypatch):
    charm = Charm()
    written = kept(charm, gone)
    now = [key.access for key in gone.accepted]
    Store(monkeypatch, *now, gone.retired["admin"].access)
    assert Vault(charm, Provider()).prove(facts(keyring=gone))
    assert written().rotation.unproved == ("admin",) and set(written().retired) == {"admin"}
    Store(monkeypatch, *now)
    assert Vault(charm, Provider()).prove(facts(keyring=written()))
    assert written().rotation.finished and not written().retired


@pytest.mark.parametrize("there", [True, False])
def test_a_store_that_does_not_take_the_new_keys_proves_nothing(facts, gone, monkeypatch, there):
    Store(monkeypatch, there=there)
    assert not Vault(Charm(), Provider()).prove(facts(keyring=gone))
