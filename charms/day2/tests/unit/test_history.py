# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from world import NOON, SICK, World, plan

from history import current, operations
from journal import Kind, append


def test_progress_names_the_first_application_that_is_not_done():
    world = World({"kafka": ["kafka/0", "kafka/1"], "spark": ["spark/0"]}, verbs=())
    world.request(plan({}))
    assert current(world.journal).progress == "waiting"
    world.drive()
    world.answer("kafka/1")
    world.drive()
    assert current(world.journal).progress == "kafka 1/2"
    world.answer("kafka/0")
    world.drive()
    assert current(world.journal).progress == "spark 0/1"
    assert current(world.journal).title == "tour #1"


def test_a_failed_check_matters_only_where_the_plan_verifies():
    for step, reasons in (({"verify": "healthy"}, 1), ({}, 0)):
        world = World({"kafka": ["kafka/0"]}, verbs=())
        world.request(plan(step))
        world.drive()
        world.answer("kafka/0", SICK)
        world.drive()
        assert len(operations(world.journal)[-1].reasons) == reasons


def test_records_of_a_newer_version_and_of_a_cut_off_request_are_passed_over():
    world = World({}, verbs=())
    world.request(plan({}))
    newer = world.journal[-1].model_copy(update={"kind": "approved", "number": 2})
    orphan = append(world.journal, NOON, Kind.FINISHED, 99, {"status": "completed"})
    assert [o.number for o in operations((*world.journal, newer))] == [1]
    assert [o.number for o in operations(orphan)] == [1]


def test_every_check_of_every_answer_is_counted():
    world = World({"kafka": ["kafka/0", "kafka/1"]}, verbs=())
    world.request(plan({}))
    world.drive()
    world.answer("kafka/0")
    world.answer("kafka/1", SICK)
    world.drive()
    (operation,) = operations(world.journal)
    assert [check.name for check in operation.checks] == ["process", "disk"]
    assert list(operation.answers) == ["kafka/0", "kafka/1"]
