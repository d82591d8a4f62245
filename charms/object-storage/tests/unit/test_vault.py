# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The keys in Juju's hands."""

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


class Waker:
    def after(self, seconds):
        raise AssertionError("nobody is to be woken")


def test_keys_are_made_once_and_dropped_with_their_owner(facts, request_of):
    charm, provider = Charm(), Provider()
    vault = Vault(charm, provider, Waker())
    asked = facts(keyring=Keyring(), requests=(request_of(7), request_of(8)))
    assert vault.agree(asked)
    ring = Keyring.read(charm.model.secret.content)
    assert set(ring.keys) == {"admin", "relation-7", "relation-8"}
    assert not vault.agree(facts(keyring=ring, requests=asked.requests))
    assert vault.agree(facts(keyring=ring, requests=(request_of(8),)))
    assert provider.withdrawn == [7]


def test_others_leave_everything_to_the_leader(facts, request_of):
    provider = Provider()
    vault = Vault(Charm(), provider, Waker())
    follower = facts(leader=False, requests=(request_of(),))
    assert not vault.agree(follower)
    vault.answer(follower)
    assert not provider.answers


def test_nobody_is_answered_before_there_are_keys(facts, request_of):
    provider = Provider()
    vault = Vault(Charm(), provider, Waker())
    vault.answer(facts(requests=(request_of(7), request_of(9))))
    assert set(provider.answers) == {7}
