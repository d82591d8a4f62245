# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from world import SICK, World, plan

from history import current, operations
from journal import Kind
from operation import Section


def ended_badly():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan({"verify": "healthy"}, finally_=[{"name": "tidy"}]))
    world.answer_all(SICK)
    return world


def test_a_step_of_a_guard_is_called_after_both():
    world = World({}, verbs=())
    world.request(plan({}), plan({}, name="look-first"))
    (step,) = current(world.journal).sections[Section.GUARDS]
    assert step.name == "look-first.step1"


def test_what_is_put_back_counts_no_more_in_the_next_round():
    world = ended_badly()
    world.tell(Kind.RESUMED, 1, by="somebody")
    operation = current(world.journal)
    assert [s.step.name for s in operation.steps] == ["step1", "tidy"]
    assert operation.last("step1") is None
    assert operation.last("tidy") is None
    assert operation.reasons == ()


def test_every_reason_is_told_once():
    world = ended_badly()
    world.tell(Kind.STOPPED, 1, reasons=["Too long.", "Too long."])
    (operation,) = operations(world.journal)
    assert operation.reasons == ("Too long.", "kafka/0 disk: full. Next: Add one.")
