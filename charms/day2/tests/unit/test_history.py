# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from world import NOON, SICK, World, plan

from history import current, operations, queue
from journal import Kind, append


def test_the_first_that_was_asked_for_is_the_one_that_runs():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    assert current(world.journal) is None
    world.request(plan({}))
    world.request(plan({}))
    assert current(world.journal).title == "tour #1"
    assert [operation.number for operation in queue(world.journal)] == [1, 2]


def test_who_is_resumed_queues_up_again():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    first = world.request(plan({"verify": "healthy"}))
    world.answer_all(SICK)
    second = world.request(plan({}))
    world.tell(Kind.RESUMED, first, by="somebody")
    assert [operation.number for operation in queue(world.journal)] == [second, first]


def test_an_answer_belongs_to_the_attempt_that_it_names():
    world = World({"kafka": ["kafka/0"], "spark": ["spark/0"]}, verbs=())
    both = ({"applications": "kafka"}, {"applications": "spark", "after": []})
    world.request(plan(*both))
    world.drive()
    world.answer("spark/0")
    world.drive()
    one, other = current(world.journal).steps
    assert (one.missing, other.missing) == (("kafka/0",), ())


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
    newer = world.journal[-1].model_copy(update={"kind": "sung", "number": 2})
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
