# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

import pytest
from world import World, plan

from dataops.interfaces.operations import Outcome, Status
from dataops.operations import Scope
from history import current
from references import UnresolvableError
from selection import may_answer, never_asked, parameters, select

WORLD = World({"kafka": ["kafka/0", "kafka/1"], "spark": []}, roles={"kafka": "event-streaming"})
DONE = Outcome(status=Status.COMPLETED)
FAILED = Outcome(status=Status.FAILED)


def chosen(**step):
    return select(plan(step).steps[0], WORLD.facts())


@pytest.mark.parametrize(
    ("applications", "targets"),
    [
        ("all", ["kafka", "day2"]),
        ("self", ["day2"]),
        ("kafka", ["kafka"]),
        ({"role": "event-streaming"}, ["kafka"]),
    ],
)
def test_a_selector_takes_whom_it_names(applications, targets):
    assert [t.application for t in chosen(applications=applications).targets] == targets


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"applications": "flink"}, "flink is not related"),
        ({"applications": "kafka", "verb": "dance"}, "kafka does not offer dance"),
        ({"applications": "spark"}, "spark has no units"),
        ({"verb": "dance"}, "nobody among the related applications offers dance"),
        ({"applications": "self", "verb": "dance"}, "nobody among day2's own verbs offers dance"),
    ],
)
def test_whoever_cannot_be_asked_is_a_problem(step, problem):
    assert chosen(**step).problems == (problem,)


@pytest.mark.parametrize(
    "step",
    [
        {"verb": "dance"},
        {"verb": "dance", "applications": {"role": "event-streaming"}},
        {"applications": {"role": "monitoring"}},
    ],
)
def test_an_optional_step_asks_nobody_where_nobody_offers_its_verb(step):
    assert chosen(**step).problems
    found = chosen(**step, optional=True)
    assert found.problems == ()
    assert found.targets == ()


def test_an_optional_step_still_means_those_whom_it_names():
    assert chosen(applications="flink", optional=True).problems == ("flink is not related",)
    assert [t.application for t in chosen(optional=True).targets] == ["kafka", "day2"]


def test_who_is_done_is_not_asked():
    (step,) = plan({"applications": "kafka"}).steps
    (target,) = select(step, WORLD.facts(), {"kafka/0"}).targets
    assert target.answers_from == ("kafka/1",)
    assert select(step, WORLD.facts(), {"kafka/0", "kafka/1"}).targets == ()


def begun(scope=Scope.UNIT, **step):
    world = World({"kafka": [f"kafka/{n}" for n in range(4)]}, {"kafka": scope}, verbs=())
    world.request(plan(step))
    world.drive()
    return current(world.journal).steps[0]


@pytest.mark.parametrize(
    ("state", "answers", "may", "never"),
    [
        (begun(), {}, {0, 1, 2, 3}, set()),
        (begun(parallel=2), {}, {0, 1}, set()),
        (begun(parallel=2), {1: DONE}, {0, 1, 2}, set()),
        (begun(Scope.ROLLING), {0: DONE}, {0, 1}, set()),
        (begun(Scope.ROLLING), {0: FAILED}, {0, 1}, {1, 2, 3}),
        (begun(parallel=2), {0: FAILED}, {0, 1, 2}, {2, 3}),
        (begun(Scope.ROLLING, **{"on-failure": "continue"}), {0: FAILED}, {0, 1}, {1, 2, 3}),
    ],
)
def test_turns(state, answers, may, never):
    given = {f"kafka/{n}": outcome for n, outcome in answers.items()}
    told = dataclasses.replace(state, answers=given)
    assert may_answer(told) == {f"kafka/{n}" for n in may}
    assert never_asked(told) == {f"kafka/{n}" for n in never}


def test_a_guard_takes_the_defaults_of_its_own_plan():
    world = World({}, verbs=())
    guard = plan({"params": {"n": "${params.n}"}}, name="look-first", params={"n": {"default": 3}})
    world.request(plan({"params": {"n": "${params.n}"}}), guard)
    operation = current(world.journal)
    first, second = (steps[0] for steps in list(operation.sections.values())[:2])
    assert parameters(first, operation) == {"n": 3}
    with pytest.raises(UnresolvableError, match="was not given it"):
        parameters(second, operation)


READER = {"applications": {"role": "stream-processing"}, "optional": True}
ASKED = {"applications": "kafka", "params": {"key": "${steps.step1.key}", "n": 1}}


def reader_world(**units):
    named = {"kafka": ["kafka/0"], **units}
    roles = {**dict.fromkeys(units, "stream-processing"), "kafka": "event-streaming"}
    return World(named, dict.fromkeys(named, Scope.LEADER), verbs=(), roles=roles)


SPARKS = {"spark-b": ["spark-b/0"], "spark-a": ["spark-a/0"]}
ONE = {"applications": {"role": "stream-processing", "one": "${params.reader}"}, "optional": True}


@pytest.mark.parametrize(("reader", "asked"), [("", "spark-a"), ("spark-b", "spark-b")])
def test_one_of_a_role_answers_and_its_answer_is_passed_on(reader, asked):
    world = reader_world(**SPARKS)
    world.request(plan(ONE, ASKED, params={"reader": {"type": "string"}}), reader=reader)
    world.drive()
    assert world.may_run(asked)
    assert not any(world.may_run(name) for name in {*SPARKS} - {asked})
    world.answer(asked, key="public")
    world.drive()
    assert world.tasks["kafka"].params == {"n": 1, "key": "public"}


def test_one_that_is_not_there_is_a_problem_although_the_step_is_optional():
    (step,) = plan(ONE, params={"reader": {}}).steps
    problems = select(step, reader_world(**SPARKS).facts(), given={"reader": "spark-c"}).problems
    assert problems == (
        "spark-c is none of the applications of the role stream-processing that offer look",
    )


def test_what_an_optional_step_never_gave_is_left_out():
    world = reader_world()
    world.request(plan(READER, ASKED))
    world.drive()
    assert world.tasks["kafka"].params == {"n": 1}


def test_what_an_optional_step_gave_is_passed_on():
    world = reader_world(spark=["spark/0"])
    world.request(plan(READER, ASKED))
    world.drive()
    world.answer("spark", key="public")
    world.drive()
    assert world.tasks["kafka"].params == {"n": 1, "key": "public"}


def test_the_operation_goes_on_without_an_optional_step_that_failed_and_ends_ill():
    world = reader_world(spark=["spark/0"])
    world.request(plan({**READER, "on-failure": "continue"}, ASKED))
    world.drive()
    world.answer("spark", failure="no Spark yet")
    world.drive()
    assert world.tasks["kafka"].params == {"n": 1}
    world.answer("kafka")
    world.drive()
    assert current(world.journal) is None
    assert any("no Spark yet" in record.body.get("message", "") for record in world.journal)


def test_a_result_that_had_to_be_given_is_missed():
    world = reader_world(spark=["spark/0"])
    world.request(plan({**READER, "optional": False, "on-failure": "continue"}, ASKED))
    world.drive()
    world.answer("spark", failure="no Spark yet")
    world.drive()
    assert world.may_run("kafka") == []
