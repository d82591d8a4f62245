# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether the store does its work."""

from dataops.objectstore import Unreachable
from keyring import Keyring
from operations import health_check
from operations.health_check import VERB


class Store:
    def __init__(self, error=None):
        self.error = error

    def check(self):
        if self.error:
            raise self.error


def checks(facts, monkeypatch, store, **changes):
    monkeypatch.setattr(health_check, "open_store", lambda target, patience: store)
    result = VERB.run(VERB.context(facts(**changes), None, {}))
    return {check.name: check for check in result.checks}


def test_all_is_well(facts, monkeypatch, tmp_path):
    found = checks(facts, monkeypatch, Store(), data=tmp_path)
    assert all(check.ok for check in found.values())


def test_what_is_wrong_is_told(facts, monkeypatch, request_of):
    store = Store(Unreachable("Cannot reach it"))
    found = checks(facts, monkeypatch, store, data=None, refusals=("no such",))
    assert not any(check.ok for check in found.values())
    assert "Cannot reach it" in found["objects"].detail
    assert "no storage" in found["storage"].detail
    assert "no such" in found["requests"].detail


def test_without_keys_nothing_can_be_tried(facts, monkeypatch):
    found = checks(facts, monkeypatch, Store(), keyring=Keyring())
    assert "no keys yet" in found["objects"].detail
