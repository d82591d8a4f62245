# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import ops
import ops.testing
import pytest

import own
from dataops.interfaces.operations import Status, Task

META = {"name": "day2", "peers": {"peers": {"interface": "day2_peers"}}}
CATALOGUE = json.dumps([{"name": "look", "scope": "unit"}])
TASK = Task(operation=7, step="check", verb="look")


def of(app=None, unit=None, leader=True, peers=None):
    context = ops.testing.Context(ops.CharmBase, meta=META)
    relation = ops.testing.PeerRelation(
        "peers",
        local_app_data=app or {},
        local_unit_data=unit or {},
        peers_data=peers or {},
    )
    state = ops.testing.State(leader=leader, relations=[relation])
    with context(context.on.update_status(), state) as manager:
        return own.participant(manager.charm, "peers"), own.task(manager.charm, "peers")


@pytest.mark.parametrize("leader", [True, False])
def test_all_units_are_there_with_what_they_have_answered(leader):
    outcome = {"task": "7/check/1", "status": "completed"}
    mine, task = of(
        {"catalogue": CATALOGUE, "task": TASK.to_json()},
        {"outcome": json.dumps({**outcome, "message": "mine"})},
        leader,
        {10: {"outcome": json.dumps(outcome)}, 2: {}},
    )
    assert mine.application == "day2"
    assert mine.units == ("day2/0", "day2/2", "day2/10")
    assert mine.verb("look")
    assert mine.outcomes["day2/0"].message == "mine"
    assert mine.outcomes["day2/10"].task == "7/check/1"
    assert task == TASK


def test_what_cannot_be_read_is_no_answer():
    mine, task = of({}, {"outcome": "{"})
    assert mine.outcomes["day2/0"].task == ""
    assert task is None


RUNNING = {"task": "7/check/1", "status": "running", "unit": "day2/0"}


def test_a_job_of_this_very_unit_has_not_left():
    mine, _ = of({"outcome": json.dumps(RUNNING)})
    assert mine.outcomes["day2"].status is Status.RUNNING


def test_a_job_that_this_unit_began_when_it_led_is_answered_by_it():
    ended = {**RUNNING, "status": "completed"}
    mine, _ = of({"outcome": json.dumps(RUNNING)}, {"outcome": json.dumps(ended)})
    assert mine.outcomes["day2"].status is Status.COMPLETED


def test_a_job_of_a_unit_that_is_gone_has_failed():
    gone = {**RUNNING, "unit": "day2/9"}
    mine, _ = of({"outcome": json.dumps(gone)}, {}, peers={1: {}})
    assert mine.outcomes["day2"].message == "day2/9 left before it had done it"
