# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from world import SICK, WELL, World, plan

from endings import message, not_done
from history import operations


def ended(result, *steps, **answer):
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan(*steps))
    world.drive()
    world.answer("kafka/0", result, **answer)
    world.drive()
    return operations(world.journal)[0]


def test_what_went_well_is_counted():
    assert message(ended(WELL, {})) == "1 checks, 1 answers of 1 applications, all well."


def test_a_summary_says_it_better():
    assert message(ended(WELL, {}, summary="All quiet.")) == "All quiet."


def test_of_several_summaries_each_says_whose_it_is():
    world = World({"kafka": ["kafka/0", "kafka/1"]}, verbs=())
    world.request(plan({}))
    world.drive()
    world.answer("kafka/0", WELL, summary="3 clients have new credentials.")
    world.answer("kafka/1", WELL, summary="kafka/1 has none")
    world.drive()
    (operation,) = operations(world.journal)
    assert operation.message == "kafka/0: 3 clients have new credentials. kafka/1 has none."


def test_a_check_afterwards_does_not_hide_what_was_done():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan({}, {"verify": "healthy"}))
    world.drive()
    world.answer("kafka/0", WELL, summary="3 clients have new credentials.")
    world.drive()
    world.answer("kafka/0", WELL)
    world.drive()
    (operation,) = operations(world.journal)
    assert operation.message == "3 clients have new credentials."


def test_what_was_not_done_is_named():
    operation = ended(SICK, {"verify": "healthy"}, {})
    assert message(operation) == (
        "1 of 1 checks failed. kafka/0 disk: full. Next: Add one. Not done: step2."
    )
    assert not_done(operation) == ("step1", "step2")


def test_clearing_up_is_no_result():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan({}, finally_=[{"name": "tidy"}]))
    for said in ("It restores in 9 s.", "Nothing was left."):
        world.drive()
        world.answer("kafka/0", WELL, summary=said)
    world.drive()
    (operation,) = operations(world.journal)
    assert operation.message == "It restores in 9 s."
