# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

from world import NOON, SICK, World, plan

from history import operations
from report.toil import toil


def told(world):
    return toil(operations(world.journal), NOON).lines


def test_only_what_ended_counts_and_nothing_is_estimated():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    chosen = plan({"verify": "healthy"}, name="health-check")
    for result in (None, SICK):
        world.request(chosen)
        world.drive()
        world.now += datetime.timedelta(seconds=30)
        world.answer("kafka/0", *([result] if result else []))
        world.drive()
    world.request(chosen)
    world.drive()
    (line,) = told(world)
    assert (line.operation, line.runs, line.failed, line.seconds) == ("health-check", 2, 1, 60)
    assert (line.manual_minutes, line.minutes_replaced) == (None, 0)


def test_minutes_by_hand_are_those_of_the_plan_and_a_failure_replaces_none():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    chosen = plan({}).model_copy(update={"manual_minutes": 20})
    for failure in ("", "No.", ""):
        world.request(chosen)
        world.drive()
        world.answer("kafka/0", failure=failure)
        world.drive()
    (line,) = told(world)
    assert (line.runs, line.failed, line.manual_minutes) == (3, 1, 20)
    assert line.minutes_replaced == 40


def test_a_plan_that_was_changed_counts_as_it_was_when_it_ran():
    world = World({}, verbs=("look",))
    for minutes in (30, 10):
        world.request(plan({}).model_copy(update={"manual_minutes": minutes}))
        world.drive()
    assert told(world)[0].minutes_replaced == 40
