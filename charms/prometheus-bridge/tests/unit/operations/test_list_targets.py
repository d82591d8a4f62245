# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Targets as an operator reads them."""

import json

from factory import observed
from fake_bridge import FakeBridge

from dataops.operations import Context, NoParams
from operations.list_targets import VERB


def target(job, url, health="up", **more):
    return {"labels": {"job": job, "juju_unit": "x/0"}, "scrapeUrl": url, "health": health, **more}


def run(*targets):
    return VERB.run(Context(observed(), FakeBridge(targets=list(targets)), NoParams()))


def test_targets_come_in_order_with_their_labels_and_errors():
    found = run(
        target("b", "http://2"),
        target("a", "http://1", "down", lastError="connection refused", lastScrape="2026"),
    ).targets

    assert [(each.job, each.health) for each in found] == [("a", "down"), ("b", "up")]
    assert found[0].last_error == "connection refused"
    assert found[1].labels["juju_unit"] == "x/0"


def test_the_action_prints_json_and_a_count():
    printed = run(target("a", "http://1"), target("b", "http://2", "down")).action_results()

    assert printed["summary"] == "1 of 2 up"
    assert [each["url"] for each in json.loads(printed["targets"])] == ["http://1", "http://2"]


def test_no_targets_are_a_result_too():
    assert run().action_results()["summary"] == "0 of 0 up"
