# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who answered what, from the journal of a real run of the plan."""

from pathlib import Path

import yaml
from world import SICK, World

from history import operations
from plan import Plan
from postmortem.told import absences, ills, past

PLAN = Plan.model_validate(
    yaml.safe_load((Path(__file__).parents[3] / "src/plans/snapshot.yaml").read_text())
)


def test_the_plan_goes_on_without_whoever_does_not_answer():
    by_name = {step.name: step for step in PLAN.steps}
    assert by_name["check"].on_failure == by_name["collect"].on_failure == "continue"
    assert [step.verb for step in PLAN.finally_] == ["close-collector"]


def test_failed_checks_and_missing_parts_are_told():
    steps = (
        {"name": "check", "on-failure": "continue"},
        {"name": "collect", "on-failure": "continue"},
    )
    from world import plan

    world = World({"kafka": ["kafka/0", "kafka/1"]}, verbs=())
    world.request(plan(*steps))
    world.drive()
    world.answer("kafka/0", SICK)
    world.answer("kafka/1", SICK, failure="no answer")
    world.drive()
    world.answer("kafka/0", SICK, uploaded=True)
    world.answer("kafka/1", SICK, reason="cannot be reached", fetch="juju scp kafka/1:/x .")
    world.drive()
    (operation,) = operations(world.journal)
    assert {(each.unit, each.name, each.next_move) for each in ills(operation)} == {
        ("kafka/0", "disk", "Add one."),
        ("kafka/1", "health-check", ""),
    }
    (absent,) = absences(operation)
    assert (absent.unit, absent.reason) == ("kafka/1", "cannot be reached")
    assert absent.fetch == "juju scp kafka/1:/x ."
    assert [each.title for each in past([operation])] == ["tour #1"]
