# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import datetime

from world import SICK, World, plan

from dataops.interfaces.operations import Outcome, Status
from dataops.operations import Scope
from executor import advance
from history import operations
from journal import Kind
from seam import Ask, Measure, Note, Wake

CHECK = {"verify": "healthy"}


def three() -> World:
    return World({"kafka": ["kafka/0", "kafka/1", "kafka/2"], "spark": ["spark/0"]}, verbs=())


def last(world):
    return operations(world.journal)[-1]


def test_nothing_to_do_asks_for_nothing():
    nothing = (Ask("kafka", None), Ask("spark", None), Measure(), Wake(None))
    assert advance((), three().facts()) == nothing


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


def test_an_optional_step_that_nobody_can_do_is_passed_over():
    world = three()
    role = {"role": "monitoring"}
    world.request(plan({"name": "first", "applications": role, "optional": True}, CHECK))
    world.drive()
    assert world.may_run("kafka") == ["kafka/0", "kafka/1", "kafka/2"]
    for who in ("kafka/0", "kafka/1", "kafka/2", "spark/0"):
        world.answer(who)
        world.drive()
    assert last(world).ending is Status.COMPLETED


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
    assert last(world).message == "1 of 1 checks failed. kafka/0 disk: full. Next: Add one."


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
    world.request(plan({"applications": "self"}))
    world.drive()
    assert world.asked == [("day2", "1/step1/1")]
    assert last(world).ending is Status.COMPLETED


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
    assert answers["spark/0"].message == (
        "The relation with spark ended before an answer came. "
        "To go on with it, relate it again: juju integrate day2:operations spark:operations"
    )
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


def test_advance_gives_the_same_again():
    world = three()
    world.request(plan(CHECK))
    world.drive()
    once = advance(world.journal, world.facts())
    assert advance(world.journal, world.facts()) == once
    assert not [request for request in once if isinstance(request, Note)]


def ask(world, name="kafka"):
    """Who of an application is asked now."""
    world.drive()
    return world.may_run(name)


def test_at_most_so_many_work_at_once():
    world = three()
    world.request(plan({"parallel": 2}))
    assert ask(world) == ["kafka/0", "kafka/1"]
    assert world.may_run("spark") == []
    world.answer("kafka/1")
    assert ask(world) == ["kafka/0", "kafka/2"]
    world.answer("kafka/0", failure="It broke.")
    world.answer("kafka/2")
    world.drive()
    assert last(world).answers["spark/0"].message == "Not asked, because a unit before it failed."


def test_who_may_continue_is_asked_though_another_failed():
    world = three()
    world.request(plan({"parallel": 1, "on-failure": "continue"}))
    world.drive()
    world.answer("kafka/0", failure="It broke.")
    assert ask(world) == ["kafka/1"]


def test_only_those_who_failed_are_asked_again_and_not_too_soon():
    world = three()
    world.request(plan({"retry": {"attempts": 2, "delay": "1m"}}))
    world.drive()
    for who in ("kafka/0", "kafka/2", "spark/0"):
        world.answer(who)
    world.answer("kafka/1", failure="It broke.")
    assert ask(world) == []
    assert world.wake == world.now + datetime.timedelta(minutes=1)
    world.now = world.wake
    assert ask(world) == ["kafka/1"]
    world.answer("kafka/1")
    world.drive()
    assert last(world).ending is Status.COMPLETED
    assert [task for who, task in world.asked if who == "kafka/1"] == ["1/step1/1", "1/step1/2"]


def test_steps_that_need_different_applications_run_side_by_side():
    world = three()
    world.request(plan({"applications": "kafka"}, {"applications": "spark", "after": []}, {}))
    world.drive()
    assert (len(world.may_run("kafka")), world.may_run("spark")) == (3, ["spark/0"])
    world.answer_all()
    assert [state.step.name for state in last(world).steps] == ["step1", "step2", "step3"]


def test_steps_that_need_the_same_application_take_turns():
    world = three()
    world.request(plan({"applications": "kafka"}, {"applications": "kafka", "after": []}))
    world.drive()
    assert world.tasks["kafka"].step == "step1"
    assert len(last(world).steps) == 1
    world.answer_all()
    assert last(world).ending is Status.COMPLETED


UNDO = {"name": "undo", "applications": "spark"}
TIDY = {"name": "tidy", "applications": "spark"}


def test_a_failure_is_rolled_back_and_the_end_is_tidied():
    world = three()
    back = {"applications": "kafka", "on-failure": {"rollback": "undo"}}
    world.request(plan(back, {}, rollback=[UNDO], finally_=[TIDY]))
    world.drive()
    world.answer("kafka/0", failure="It broke.")
    world.answer("kafka/1")
    world.answer("kafka/2")
    world.answer_all()
    assert [state.step.name for state in last(world).steps] == ["step1", "undo", "tidy"]
    assert last(world).message == "kafka/0: It broke. Rolled back: undo. Not done: step2."


def test_what_went_well_is_tidied_but_not_rolled_back():
    world = three()
    back = {"on-failure": {"rollback": "undo"}}
    world.request(plan(back, rollback=[UNDO], finally_=[TIDY, {**TIDY, "name": "sweep"}]))
    world.answer_all()
    assert [state.step.name for state in last(world).steps] == ["step1", "tidy", "sweep"]


def test_parameters_are_filled_in_from_the_operation_and_from_earlier_results():
    world = three()
    world.scopes = {"kafka": Scope.LEADER}
    used = {"size": "${params.size}", "at": "https://${steps.step1.place}/", "no": "${params.no}"}
    params = {"size": {"type": "integer"}, "no": {"default": None}}
    world.request(
        plan({"applications": "kafka"}, {"applications": "spark", "params": used}, params=params),
        size=5,
    )
    world.drive()
    world.answer("kafka", place="here")
    world.drive()
    assert world.tasks["spark"].params == {"size": 5, "at": "https://here/"}


def test_a_result_that_is_not_there_fails_the_step_and_spares_the_tidying():
    world = three()
    used = {"params": {"at": "${steps.step1.place}"}}
    world.request(plan({"applications": "spark"}, used, finally_=[{**TIDY, **used}]))
    world.answer_all()
    assert 'the result has no "place"' in last(world).message
    assert list(last(world).skipped) == ["tidy"]


def test_a_step_that_nobody_can_do_fails():
    world = three()
    role = {"applications": {"role": "event-streaming"}}
    world.request(plan({"applications": "spark"}, role))
    world.answer_all()
    assert "event-streaming offers look" in last(world).message


def test_roles_select():
    world = dataclasses.replace(three(), roles={"kafka": "event-streaming"})
    world.request(plan({"applications": {"role": "event-streaming"}}))
    assert len(ask(world)) == 3
    assert world.may_run("spark") == []


def test_a_guard_that_objects_lets_nothing_begin():
    guard = plan({"verify": "healthy", "applications": "spark"}, name="look-first")
    world = three()
    world.request(plan({}, guards=["look-first"], finally_=[TIDY]), guard)
    world.drive()
    assert world.tasks["spark"].id == "1/look-first.step1/1"
    world.answer_all(SICK)
    assert last(world).message.startswith("Nothing was changed, because a guard objects. spark/0")
    assert [state.step.name for state in last(world).steps] == ["look-first.step1"]
    world.tell(Kind.RESUMED, 1, by="somebody")
    world.answer_all()
    assert last(world).ending is Status.COMPLETED


def test_a_step_waits_for_its_approval():
    world = three()
    world.request(plan({"applications": "kafka"}, {"applications": "spark", "approval": True}))
    world.answer_all()
    assert last(world).ending is None
    assert world.tasks == {"kafka": None, "spark": None}
    world.tell(Kind.APPROVED, 1, step="step2", by="somebody")
    assert ask(world, "spark") == ["spark/0"]


def test_what_is_called_off_is_put_back():
    world = three()
    back = {"applications": "kafka", "on-failure": {"rollback": "undo"}}
    world.request(plan(back, {}, rollback=[UNDO], finally_=[TIDY]))
    world.drive()
    world.tell(Kind.CANCELLED, 1, by="somebody")
    world.drive()
    assert world.tasks["kafka"] is None
    world.answer_all()
    assert [state.step.name for state in last(world).steps] == ["step1", "undo", "tidy"]
    assert last(world).message.startswith("Cancelled by somebody.")


def test_what_waits_in_the_queue_can_be_called_off():
    world = three()
    world.request(plan({}))
    world.tell(Kind.CANCELLED, 1, by="somebody")
    world.drive()
    assert last(world).ending is Status.FAILED
    assert last(world).steps == ()


def test_what_is_called_off_behind_another_ends_at_once_and_disturbs_nobody():
    world = three()
    world.request(plan({}))
    world.drive()
    world.request(plan({}))
    world.tell(Kind.CANCELLED, 2, by="somebody")
    world.drive()
    first, second = operations(world.journal)
    assert (first.ending, second.ending) == (None, Status.FAILED)
    assert second.message == "Cancelled by somebody."
    assert world.may_run("kafka")


def test_what_is_resumed_asks_only_those_who_have_not_done_it():
    world = three()
    world.request(plan({"applications": "kafka"}, {"applications": "spark"}))
    world.drive()
    world.answer("kafka/0")
    world.answer("kafka/1", failure="It broke.")
    world.answer("kafka/2")
    world.drive()
    assert last(world).ending is Status.FAILED
    world.tell(Kind.RESUMED, 1, by="somebody")
    assert ask(world) == ["kafka/1"]
    world.answer_all()
    assert last(world).ending is Status.COMPLETED
    assert world.asked[-1] == ("spark/0", "1/step2/1")


def test_what_was_put_back_begins_anew_when_it_is_resumed():
    world = three()
    world.request(plan({"applications": "kafka"}, {"applications": "spark"}, finally_=[TIDY]))
    world.answer_all()
    assert last(world).ending is Status.COMPLETED
    world.request(plan({"applications": "kafka"}, {"applications": "spark"}, finally_=[TIDY]))
    world.drive()
    for unit in range(3):
        world.answer(f"kafka/{unit}")
    world.drive()
    world.answer("spark/0", failure="It broke.")
    world.answer_all()
    world.tell(Kind.RESUMED, 2, by="somebody")
    assert len(ask(world)) == 3


WATCHED = {"canary": {"longest-gap": "1s"}}


def test_the_canary_measures_before_during_and_after():
    world = three()
    world.request(plan({"applications": "spark"}, **WATCHED))
    world.drive()
    assert (world.measure.operation, world.measure.phase) == (1, "before")
    world.watch(settled=False)
    assert world.tasks["spark"] is None
    world.watch()
    assert world.measure.phase == "during"
    world.watch()
    world.answer_all()
    assert world.measure.phase == "after"
    assert last(world).ending is None
    world.watch()
    assert last(world).ending is Status.COMPLETED
    assert world.measure == Measure()
    phases = [(m.phase.value, bool(m.evidence["sent"])) for m in last(world).measurements]
    assert phases == [("before", True), ("during", True), ("after", True)]


def test_a_limit_that_is_passed_stops_the_operation_and_puts_it_back():
    world = three()
    back = {"applications": "kafka", "on-failure": {"rollback": "undo"}}
    world.request(plan(back, rollback=[UNDO], finally_=[TIDY], **WATCHED))
    world.drive()
    world.watch()
    assert len(ask(world)) == 3
    world.watch("No acknowledgement for 2.0 s.")
    assert world.tasks["kafka"] is None
    told = last(world).answers["kafka/0"].message
    assert told == "Stopped before it answered. The canary: No acknowledgement for 2.0 s."
    world.answer_all()
    world.watch("No acknowledgement for 2.0 s.")
    world.watch("No acknowledgement for 2.0 s.")
    assert [state.step.name for state in last(world).steps] == ["step1", "undo", "tidy"]
    assert last(world).message.startswith("The canary: No acknowledgement for 2.0 s.")


def test_without_a_canary_nothing_begins():
    world = three()
    world.request(plan({}, finally_=[TIDY], **WATCHED))
    world.drive()
    world.watch(complaint="Kafka refuses it.")
    assert last(world).message == "The canary, before: Kafka refuses it."
    assert last(world).steps == ()


def test_what_had_become_of_the_canary_stops_nobody_who_resumes():
    world = three()
    world.request(plan({}, **WATCHED))
    world.drive()
    world.watch()
    # A power cut that takes longer than the canary lives without its charm.
    world.watch(complaint="Its time is over.")
    world.answer_all()
    assert last(world).message.startswith("The canary: Its time is over.")
    world.tell(Kind.RESUMED, 1, by="somebody")
    world.drive()
    assert (world.measure.phase, world.measure.round, last(world).ending) == ("before", 2, None)
    world.watch()
    world.answer_all()
    world.watch()
    assert last(world).ending is Status.COMPLETED


def test_a_canary_that_says_nothing_is_not_waited_for_for_ever():
    world = three()
    world.request(plan({}, **WATCHED))
    world.drive()
    world.now = world.wake
    world.drive()
    assert "seen too little within 5 minutes" in last(world).message


def test_the_report_is_asked_for_until_it_is_written():
    world = three()
    world.request(plan({"applications": "spark"}))
    world.answer_all()
    assert last(world).report["html"] == "/r.html"
