# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest
from builders import request

import arrival
from access import acls_for
from facts import ClusterError

ACLS = acls_for(request())
SERVERS = {0: "10.0.0.1:9093", 1: "10.0.0.2:9093"}


class Brokers:
    """Each knows the user, and what it may do, after it was asked so many times."""

    def __init__(self, users, acls):
        self.behind = {"user": dict(users), "acls": dict(acls)}
        self.log = []

    def _knows(self, what, node):
        self.log.append((what, node))
        self.behind[what][node] -= 1
        return self.behind[what][node] < 0

    def taken(self, server, truststore, username, password):
        assert (username, password) == ("relation-7", "hush")
        (node,) = [node for node, one in SERVERS.items() if one == server]
        return self._knows("user", node)

    def permissions(self, node):
        # Of several permissions some may have come already.
        return ACLS if self._knows("acls", node) else frozenset(sorted(ACLS)[:1])


def wait(brokers, monkeypatch):
    monkeypatch.setattr(arrival.login, "taken", brokers.taken)
    monkeypatch.setattr(arrival, "_PAUSE", 0)
    arrival.wait(brokers, SERVERS, Path("/trust"), "relation-7", "hush", ACLS)


@pytest.mark.parametrize(
    ("users", "acls"), [((0, 0), (0, 0)), ((0, 3), (0, 0)), ((0, 0), (2, 0)), ((1, 2), (3, 4))]
)
def test_it_ends_once_every_broker_knows_the_user_and_all_that_it_may_do(users, acls, monkeypatch):
    brokers = Brokers(enumerate(users), enumerate(acls))
    wait(brokers, monkeypatch)
    assert all(left < 0 for known in brokers.behind.values() for left in known.values())


@pytest.mark.parametrize(("users", "acls"), [((0, 1e9), (0, 0)), ((0, 0), (0, 1e9))])
def test_one_that_stays_behind_is_named(users, acls, monkeypatch):
    monkeypatch.setattr(arrival, "_PATIENCE", 0.05)
    with pytest.raises(ClusterError, match="broker 1 does not know the new user relation-7 yet"):
        wait(Brokers(enumerate(users), enumerate(acls)), monkeypatch)
