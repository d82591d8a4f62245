# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import pytest
from world import SICK, World, plan

from archive import Archive
from dataops.evidence import Evidence
from dataops.interfaces.operations import Outcome, Status
from dataops.operations import HealthCheck, OperationError, Scope
from journal import Kind
from observed import Observed
from operations.show_operation import VERB


def show(world, tmp_path, **params):
    observed = Observed(
        unit="day2/0",
        model="m",
        leader=True,
        journal=world.journal,
        participants=world.facts().participants,
    )
    return VERB.call(observed, Archive(tmp_path), params)


@pytest.fixture
def world():
    found = World(
        {"kafka": ["kafka/0", "kafka/1", "kafka/2"], "spark": []},
        scopes={"spark": Scope.UNKNOWN},
        verbs=(),
    )
    found.request(plan({"verify": "healthy"}))
    found.drive()
    return found


def test_who_answered_what_and_who_has_not(world, tmp_path):
    world.answer("kafka/0")
    world.answer("kafka/1", failure="No disk.")
    world.drive()
    shown = show(world, tmp_path).action_results()
    assert shown["steps"]["step1"] == {
        "kafka-0": "1 of 1 checks well",
        "kafka-1": "failed: No disk.",
        "kafka-2": "no answer yet",
        "spark": "does not offer look",
    }
    assert (shown["status"], shown["progress"]) == ("running", "kafka 2/3")
    assert "report" not in shown


def test_a_unit_with_nothing_to_tell_has_done_its_part(tmp_path):
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan({"verb": "look"}))
    world.drive()
    world.answer("kafka/0", HealthCheck(), summary=None)
    world.drive()
    assert show(world, tmp_path).steps["step1"] == {"kafka-0": "completed"}


def test_an_ended_one_names_the_next_moves_and_the_report(world, tmp_path):
    for unit in range(3):
        world.answer(f"kafka/{unit}", SICK)
    world.drive()
    shown = show(world, tmp_path, id=1).action_results()
    assert shown["next-moves"].splitlines()[2] == "kafka/2 disk: full. Next: Add one."
    assert shown["report"] == "juju run day2/leader get-report id=1"
    assert "progress" not in shown


def test_the_newest_is_shown_unless_another_is_asked_for(world, tmp_path):
    world.request(plan({}))
    assert show(world, tmp_path).operation == 2
    assert show(world, tmp_path, id=1).operation == 1


def test_an_unknown_number_says_where_the_known_ones_are(world, tmp_path):
    with pytest.raises(OperationError, match=r"no operation 9 .* list-operations"):
        show(world, tmp_path, id=9)
    with pytest.raises(OperationError, match="health-check"):
        show(World({}), tmp_path)


def test_what_clients_saw_is_told_in_a_line_and_in_full(tmp_path):
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan({}, canary={"longest-gap": "1s"}))
    world.drive()
    assert "canary" not in show(world, tmp_path).action_results()
    world.watch()
    shown = show(world, tmp_path).action_results()
    seen = Evidence.model_validate_json(shown["evidence"])
    assert shown["canary"] == seen.line
    assert seen.sent


def test_a_later_attempt_does_not_hide_who_had_done_it_before(tmp_path):
    world = World({"kafka": ["kafka/0", "kafka/1"]}, verbs=())
    world.request(plan({"retry": {"attempts": 2}}, {"params": {"n": "${steps.step1.n}"}}))
    world.drive()
    world.answer("kafka/0")
    world.answer("kafka/1", failure="It broke.")
    world.drive()
    world.now = world.wake
    world.drive()
    world.outcomes["kafka/1"] = Outcome(
        task=world.tasks["kafka"].id, status=Status.RUNNING, message="half of it"
    )
    shown = show(world, tmp_path)
    assert shown.steps["step1"] == {
        "kafka-0": "1 of 1 checks well",
        "kafka-1": "running: half of it",
    }
    assert shown.steps["step2"] == {"not-begun": "look"}
    del world.outcomes["kafka/1"]
    world.answer("kafka/1")
    world.drive()
    shown = show(world, tmp_path)
    assert "gave 2 answers, not one" in shown.steps["step2"]["refused"]
    assert shown.next_command == "juju run day2/leader resume-operation id=1"


def test_a_step_that_waits_for_a_person_names_the_command(tmp_path):
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan({"approval": True}))
    world.drive()
    told = show(world, tmp_path).next_command
    assert told == "juju run day2/leader approve-operation id=1 step=step1"


def _loses_a_unit(world):
    world.units["kafka"].remove("kafka/1")


def _loses_the_application(world):
    del world.units["kafka"]


def _waits_too_long(world):
    world.now += datetime.timedelta(hours=1)


def _was_upgraded(world):
    world.answer("kafka/1", failure="No verb look; there are gaze, stare")


def _comes_back(world):
    world.units["kafka"] = ["kafka/0", "kafka/1", "kafka/2"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (_loses_a_unit, "kafka/1: kafka/1 left before it answered."),
        (_loses_the_application, "juju integrate day2:operations kafka:operations"),
        (_waits_too_long, "juju debug-log --include kafka/1"),
        (_was_upgraded, "kafka/1: No verb look; there are gaze, stare"),
    ],
)
def test_whatever_befell_it_what_was_done_what_was_not_and_what_continues_is_told(
    tmp_path, fault, reason
):
    world = World(
        {"kafka": ["kafka/0", "kafka/1", "kafka/2"], "spark": ["spark/0"]},
        scopes={"kafka": Scope.ROLLING},
        verbs=(),
    )
    world.request(plan({"applications": "kafka"}, {"applications": "spark"}))
    world.drive()
    world.answer("kafka/0")
    world.drive()
    fault(world)
    world.drive()
    shown = show(world, tmp_path).action_results()
    assert shown["status"] == "failed"
    assert "Not done: step2." in shown["message"]
    assert reason in shown["next-moves"]
    assert shown["steps"]["step1"]["kafka-0"] == "1 of 1 checks well"
    assert shown["steps"]["step1"]["kafka-1"].startswith("failed: ")
    assert shown["steps"]["step2"] == {"not-begun": "look"}
    assert shown["next-command"] == "juju run day2/leader resume-operation id=1"
    # And that command does: nobody is asked twice for what is done.
    _comes_back(world)
    world.tell(Kind.RESUMED, 1, by="somebody")
    world.answer_all()
    assert show(world, tmp_path).status == "completed"
    assert [who for who, _ in world.asked].count("kafka/0") == 1
