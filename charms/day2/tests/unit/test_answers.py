# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

from world import World, plan

from answers import answers
from dataops.operations import Scope
from history import current


def told(world):
    operation = current(world.journal)
    found = answers(operation, operation.steps[0], world.facts())
    return {note.body["from"]: note.body["outcome"].get("message", "") for note in found}


def begun(scope=Scope.UNIT):
    world = World({"kafka": ["kafka/0", "kafka/1", "kafka/2"]}, {"kafka": scope}, verbs=())
    world.request(plan({}))
    world.drive()
    return world


def test_the_bad_ones_come_first():
    world = begun()
    world.answer("kafka/0")
    world.answer("kafka/1", failure="It broke.")
    assert list(told(world)) == ["kafka/1", "kafka/0"]


def test_the_deadline_tells_those_who_were_asked_from_those_who_were_not():
    world = begun(Scope.ROLLING)
    world.now += datetime.timedelta(hours=1)
    assert told(world)["kafka/0"].startswith("No answer by 12:05:00 UTC.")
    assert told(world)["kafka/1"] == "Its turn had not come by 12:05:00 UTC."


def test_an_answer_that_came_before_the_unit_left_counts():
    world = begun()
    world.answer("kafka/2")
    del world.units["kafka"][2]
    world.units["kafka"].append("kafka/3")
    assert told(world) == {"kafka/2": "kafka/2 left before it answered."}
