# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from world import SICK, World, plan

import stages
from history import operations
from journal import Kind
from operation import Section


def world_of(*steps, **keys):
    world = World({"kafka": ["kafka/0", "kafka/1"], "spark": ["spark/0"]}, verbs=())
    world.request(plan(*steps, **keys))
    return world


def last(world):
    return operations(world.journal)[-1]


def test_progress_names_the_first_application_that_is_not_done():
    world = world_of({})
    assert stages.progress(last(world)) == "waiting"
    world.drive()
    world.answer("kafka/1")
    world.drive()
    assert stages.progress(last(world)) == "kafka 1/2"
    world.answer("kafka/0")
    world.drive()
    assert stages.progress(last(world)) == "spark 0/1"


def test_progress_names_what_is_waited_for():
    world = world_of({"approval": True})
    assert stages.progress(last(world)) == "step1 waits for approval"
    world = world_of({"applications": "spark", "verify": "healthy", "retry": {"attempts": 2}})
    world.answer_all(SICK)
    assert stages.progress(last(world)) == "step1 is tried again"
    world = world_of({}, canary={})
    world.drive()
    assert stages.progress(last(world)) == "measuring before"


def test_the_state_is_one_word():
    world = world_of({"applications": "spark", "verify": "healthy", "approval": True})
    assert stages.state(last(world)) == "awaiting-approval"
    world.tell(Kind.APPROVED, 1, step="step1", by="somebody")
    assert stages.state(last(world)) == "waiting"
    world.drive()
    assert stages.state(last(world)) == "running"
    world.tell(Kind.CANCELLED, 1, by="somebody")
    world.drive()
    assert stages.state(last(world)) == "cancelled"


def test_a_rollback_takes_along_what_comes_after_it():
    back = {"applications": "spark", "verify": "healthy", "on-failure": {"rollback": "undo"}}
    chain = [{"name": "undo"}, {"name": "more", "after": ["undo"]}, {"name": "other"}]
    world = world_of(back, rollback=chain)
    world.answer_all(SICK)
    wanted = stages.wanted(last(world), Section.ROLLBACK)
    assert [step.name for step in wanted] == ["undo", "more"]


def test_a_rollback_that_fails_does_not_go_on():
    back = {"applications": "spark", "verify": "healthy", "on-failure": {"rollback": "undo"}}
    ill = {"applications": "spark", "verify": "healthy"}
    chain = [{"name": "undo", **ill}, {"name": "more", "after": ["undo"]}]
    world = world_of(back, rollback=chain, finally_=[{"name": "tidy"}])
    world.answer_all(SICK)
    assert [s.step.name for s in last(world).steps] == ["step1", "undo", "tidy"]
    assert "Rolled back, not well: undo, more." in last(world).message
