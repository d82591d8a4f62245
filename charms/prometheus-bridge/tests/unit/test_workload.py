# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The proof that an old password is refused, at every unit."""

import dataclasses

import pytest
from factory import ACCOUNTS, observed
from fake_bridge import FakeBridge

from dataops.rotation import Change, Rotation
from plan import plan

ROTATION = Rotation(
    "7/rotate/1", began=1, changes={"admin": Change("old", "admin", seen=1, gone=True)}
)


class Ledger:
    """Remembers the last accounts."""

    def __init__(self, *urls):
        self.others = urls
        self.kept = None

    def urls(self):
        return self.others

    def write(self, accounts):
        self.kept = accounts


@pytest.fixture
def facts(tmp_path):
    changing = dataclasses.replace(ACCOUNTS, rotation=ROTATION, retired={"old": "hush"})
    return observed(tmp_path, accounts=changing)


def bridge(facts, *urls):
    made = FakeBridge()
    made.ledger = Ledger(*urls)
    made.converge(plan(facts))
    return made


def test_who_is_refused_everywhere_is_gone(facts):
    made = bridge(facts, "http://10.0.0.8:9090")
    proved = made.prove(facts)
    assert not proved.changing and proved.retired == {}
    assert made.ledger.kept == proved


def test_one_unit_that_still_lets_it_in_or_is_silent_proves_nothing(facts, monkeypatch):
    made = bridge(facts, "http://10.0.0.8:9090")
    api = made.api

    def partly(url, user=""):
        found = api(url, user)
        found.users |= {"old"} if "10.0.0.8" in url else set()
        return found

    monkeypatch.setattr(made, "api", partly)
    assert made.prove(facts) == facts.accounts and made.ledger.kept is None
