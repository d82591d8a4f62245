# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from world import SICK, WELL, World, plan

from dataops.interfaces.operations import Outcome, Status
from dataops.operations import Scope
from executor import Ask, Note, advance
from history import current, operations
from journal import flaws

CHECK = {"verify": "healthy"}


def three() -> World:
    return World({"kafka": ["kafka/0", "kafka/1", "kafka/2"], "spark": ["spark/0"]}, verbs=())


def last(world):
    return operations(world.journal)[-1]


def test_nothing_to_do_asks_for_nothing():
    assert advance((), three().facts()) == (Ask("kafka", None), Ask("spark", None))


def test_every_unit_is_asked_and_the_end_is_told():
    world = three()
    world.request(plan(CHECK))
    world.drive()
    assert world.may_run("kafka") == ["kafka/0", "kafka/1", "kafka/2"]
    for who in ("kafka/0", "kafka/1", "kafka/2", "spark/0"):
        world.answer(who)
        world.drive()
    assert last(world).ending is Status.COMPLETED
    assert last(world).message == "4 checks, 4 answers of 2 applications, all well."
    assert world.tasks == {"kafka": None, "spark": None}


def test_an_application_that_is_done_is_left_alone():
    world = three()
    world.request(plan(CHECK))
    world.drive()
    world.answer("spark/0")
    world.drive()
    assert world.tasks["spark"] is None
    assert world.tasks["kafka"] is not None


def test_a_failed_check_fails_the_operation_and_says_what_to_do():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan(CHECK))
    world.drive()
    world.answer("kafka/0", SICK)
    world.drive()
    assert last(world).ending is Status.FAILED
    assert last(world).message == "1 of 1 checks failed. kafka/0 disk: full Add one."


def test_a_rolling_verb_takes_turns_and_stops_at_the_first_failure():
    world = dataclasses.replace(three(), scopes={"kafka": Scope.ROLLING})
    world.request(plan({"applications": ["kafka"]}))
    world.drive()
    assert world.may_run("kafka") == ["kafka/0"]
    world.answer("kafka/0")
    world.drive()
    assert world.may_run("kafka") == ["kafka/1"]
    world.answer("kafka/1", failure="It does not start.")
    world.drive()
    told = last(world).answers["kafka/2"].message
    assert told == "Not asked, because a unit before it failed."
    assert last(world).ending is Status.FAILED


def test_a_verb_of_the_leader_is_answered_by_the_application():
    world = dataclasses.replace(three(), scopes={"kafka": Scope.LEADER})
    world.request(plan({"applications": ["kafka"]}))
    world.drive()
    assert world.tasks["kafka"].units is None
    world.answer("kafka")
    world.drive()
    assert last(world).ending is Status.COMPLETED


def test_an_application_without_the_verb_is_named():
    world = dataclasses.replace(three(), scopes={"spark": Scope.UNKNOWN})
    world.request(plan(CHECK))
    world.drive()
    for unit in range(3):
        world.answer(f"kafka/{unit}")
    world.drive()
    assert last(world).message.endswith("Not asked, for want of the verb: spark.")


def test_day2_does_its_own_part_once():
    world = dataclasses.replace(three(), verbs=("look",))
    world.request(plan({"applications": "self"}), window="5m")
    world.drive()
    assert world.runs == ["1/step1/1"]
    assert last(world).ending is Status.COMPLETED
    assert last(world).steps[0].params == {"window": "5m"}


def test_steps_follow_each_other_and_a_failure_stops_unless_told_otherwise():
    for rule, steps in (("stop", 1), ("continue", 2)):
        world = World({"kafka": ["kafka/0"]}, verbs=())
        world.request(plan({**CHECK, "on-failure": rule}, CHECK))
        world.drive()
        world.answer("kafka/0", SICK)
        world.drive()
        assert len(last(world).steps) == steps
        assert (last(world).ending is None) == (rule == "continue")


def test_operations_run_one_after_the_other():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    first, second = world.request(plan(CHECK)), world.request(plan(CHECK))
    world.drive()
    assert world.tasks["kafka"].operation == first
    world.answer("kafka/0")
    world.drive()
    assert world.tasks["kafka"].operation == second


def test_silence_ends_at_the_deadline_with_the_next_move():
    world = three()
    world.request(plan({**CHECK, "timeout": "5m"}))
    world.drive()
    world.now += datetime.timedelta(minutes=5, seconds=1)
    world.drive()
    told = last(world).answers["kafka/1"].message
    assert told == "No answer by 12:05:00 UTC. See juju debug-log --include kafka/1"


def test_a_lost_unit_and_a_lost_application_do_not_hold_anybody_up():
    world = three()
    world.request(plan(CHECK))
    world.drive()
    world.units["kafka"].remove("kafka/1")
    del world.units["spark"]
    world.drive()
    answers = last(world).answers
    assert answers["kafka/1"].message == "kafka/1 left before it answered."
    assert answers["spark/0"].message == "The relation with spark ended before an answer came."
    assert set(last(world).steps[0].missing) == {"kafka/0", "kafka/2"}


def test_an_answer_to_another_task_is_no_answer():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.outcomes["kafka/0"] = Outcome(task="1/step1/2", status=Status.COMPLETED)
    world.request(plan(CHECK))
    world.drive()
    assert last(world).steps[0].missing == ("kafka/0",)


def test_an_answer_that_is_still_running_is_waited_for():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan(CHECK))
    world.drive()
    world.outcomes["kafka/0"] = Outcome(task=world.tasks["kafka"].id, status=Status.RUNNING)
    world.drive()
    assert last(world).ending is None


CHOICES = st.lists(
    st.sampled_from(["answer", "fail", "lose", "wait", "crash", "again"]), max_size=30
)


@settings(max_examples=60, deadline=None)
@given(CHOICES, st.sampled_from([Scope.UNIT, Scope.ROLLING, Scope.LEADER]), st.data())
def test_whatever_happens_the_operation_ends_and_the_chain_holds(choices, scope, data):
    """Crashes at any request, repeated deliveries, lost units, silence."""
    world = World(
        {"kafka": ["kafka/0", "kafka/1"], "spark": ["spark/0"]}, {"kafka": scope}, verbs=("look",)
    )
    world.request(plan(CHECK, {"applications": "self"}))
    for choice in choices:
        happen(world, choice, data)
    world.drive()
    while current(world.journal) is not None:
        world.now += datetime.timedelta(minutes=6)
        world.drive()
    assert flaws(world.journal) == ()
    assert len(set(world.runs)) == len(world.runs)
    for step in last(world).steps:
        assert step.missing == ()
    assert all(task is None for task in world.tasks.values())
    kinds = [(r.kind, r.body.get("from"), r.body.get("step")) for r in world.journal]
    answers = [kind for kind in kinds if kind[1] is not None and kind[1] != "day2"]
    assert len(set(answers)) == len(answers)


def happen(world, choice, data):
    """One thing that may happen in a model."""
    asked = [who for name in world.units for who in world.may_run(name)]
    if choice in ("answer", "fail") and asked:
        who = data.draw(st.sampled_from(asked))
        world.answer(who, WELL, failure="It broke." if choice == "fail" else "")
    elif choice == "lose" and any(world.units.values()):
        name = data.draw(st.sampled_from([n for n, units in world.units.items() if units]))
        world.units[name].pop()
    elif choice == "wait":
        world.now += datetime.timedelta(minutes=2)
    elif choice == "crash":
        # What was noted is kept; the rest of the hook never happened.
        world.drive(until=1)
    else:
        world.drive()


def test_advance_gives_the_same_again():
    world = three()
    world.request(plan(CHECK))
    world.drive()
    once = advance(world.journal, world.facts())
    assert advance(world.journal, world.facts()) == once
    assert not [request for request in once if isinstance(request, Note)]
