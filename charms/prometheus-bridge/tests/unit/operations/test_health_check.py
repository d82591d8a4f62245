# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every check sees its own trouble, and only that."""

import pathlib
import re

import pytest
from factory import observed
from fake_bridge import FakeBridge

from dataops.operations import Context, NoParams
from operations.health_check import VERB
from plan import plan
from rules import Refusal

UP = {"health": "up", "scrapeUrl": "http://10.0.0.1/metrics", "lastError": ""}
GOOD_RULE = {"name": "A", "health": "ok", "state": "inactive"}


def check(tmp_path, running=True, data=True, **kwargs):
    """The checks by name, of a bridge with these answers."""
    (tmp_path / "data").mkdir()
    facts = observed(tmp_path, **({} if data else {"data": None}))
    bridge = FakeBridge(**{"targets": [UP], "rules": [GOOD_RULE], **kwargs})
    if running:
        bridge.converge(plan(observed(tmp_path)))
    found = VERB.run(Context(facts, bridge, NoParams()))
    return {each.name: each for each in found.checks}


def test_all_well(tmp_path):
    found = check(tmp_path)
    assert all(each.ok for each in found.values())
    assert found["targets"].detail == "1 targets, all up"


DOWN = {**UP, "health": "down", "lastError": "connection refused"}


@pytest.mark.parametrize(
    ("trouble", "name", "words"),
    [
        ({"running": False}, "process", "does not answer"),
        ({"failure": "Port 9090 is taken"}, "process", "Port 9090"),
        ({"data": False}, "storage", "no storage"),
        ({"targets": [UP, DOWN]}, "targets", "1 of 2 targets are not up: .*connection refused"),
        ({"rules": [{**GOOD_RULE, "health": "err", "lastError": "bad"}]}, "rules", "A: bad"),
        ({"refusals": [Refusal(7, "spark", "rule B", "no")]}, "sources", "rule B of spark: no"),
    ],
)
def test_each_trouble_fails_its_own_check(tmp_path, trouble, name, words):
    found = check(tmp_path, **trouble)

    assert [each.name for each in found.values() if not each.ok] == [name]
    assert re.search(words, found[name].detail)
    assert found[name].next_move


def test_a_prometheus_that_does_not_answer_fails_what_must_ask_it(tmp_path: pathlib.Path):
    (tmp_path / "data").mkdir()
    found = VERB.run(Context(observed(tmp_path), FakeBridge(), NoParams()))
    assert {each.name for each in found.failed} == {"process", "targets", "rules"}
