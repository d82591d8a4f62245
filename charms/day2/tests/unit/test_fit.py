# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from world import plan

from dataops.interfaces.operations import CatalogueEntry, Participant
from dataops.operations import Scope
from fit import fit

SIZED = {
    "type": "object",
    "properties": {"size": {"type": "integer"}, "place": {"type": "string"}},
    "required": ["size"],
    "additionalProperties": False,
}
PLACED = {"type": "object", "properties": {"place": {"type": "string"}}}


def entry(name, scope=Scope.UNIT, **more):
    return CatalogueEntry(name=name, scope=scope, **more)


KAFKA = Participant(
    application="kafka",
    role="event-streaming",
    units=("kafka/0", "kafka/1"),
    catalogue=(
        entry("look"),
        entry("grow", params=SIZED),
        entry("open", Scope.LEADER, result=PLACED),
        entry("fail-over", mutating=True),
    ),
)
SPARK = Participant(application="spark", units=("spark/0",), catalogue=(entry("look"),))
EMPTY = Participant(application="empty", catalogue=(entry("look"),))
DAY2 = Participant(application="day2", units=("day2/0",), catalogue=(entry("report"),))
EVERYBODY = (KAFKA, SPARK, DAY2)


def of(chosen, everybody=EVERYBODY, params=None):
    found = fit(chosen, everybody, "day2", params)
    return [(".".join(map(str, finding.place)), finding.message) for finding in found]


def grow(size, **more):
    return {"verb": "grow", "params": {"size": size}, **more}


@pytest.mark.parametrize(
    "chosen",
    [
        plan({}),
        plan({"applications": "kafka"}, {"verb": "report", "applications": "self"}),
        plan({"applications": {"role": "event-streaming"}}),
        plan(grow(3)),
        plan(grow("${params.n}"), params={"n": {}}),
        plan({"verb": "fail-over"}, canary={}),
        plan(
            {"verb": "open", "name": "o"}, grow(1, params={"size": 1, "place": "${steps.o.place}"})
        ),
    ],
)
def test_what_fits(chosen):
    assert of(chosen) == []


@pytest.mark.parametrize(
    ("chosen", "place", "hint"),
    [
        (
            plan({"verb": "lok"}),
            "steps.0.verb",
            "no application offers lok (related: kafka, spark, ",
        ),
        (plan({"verb": "lok"}), "steps.0.verb", "did you mean look? Relate one: juju integrate"),
        (plan({"verb": "look", "applications": "self"}), "steps.0.verb", "offers look"),
        (plan({"applications": "kafk"}), "steps.0.applications", "did you mean kafka?"),
        (
            plan({"applications": "flink"}),
            "steps.0.applications",
            "juju integrate day2:operations f",
        ),
        (
            plan({"applications": {"role": "x"}}),
            "steps.0.applications",
            "here are event-streaming",
        ),
        (plan(grow(1, applications="spark")), "steps.0.verb", "spark does not offer grow"),
        (plan(grow("x")), "steps.0.params", "kafka grow: size: 'x' is not of type 'integer'"),
        (plan({"verb": "grow"}), "steps.0.params", "'size' is a required property"),
        (
            plan(grow(1, params={"size": 1, "colour": 1})),
            "steps.0.params",
            "'colour' was unexpected",
        ),
        (plan({"verb": "fail-over"}), "steps.0.verb", "give the plan a canary"),
        (plan({}, finally_=[{"name": "t", "verb": "x"}]), "finally.0.verb", "offers x"),
        (
            plan({"name": "o", "verb": "open"}, grow("${steps.o.where}")),
            "steps.1.params",
            "${steps.o.where}: kafka open answers place",
        ),
        (
            plan({"name": "o"}, grow("${steps.o.place}")),
            "steps.1.params",
            "${steps.o.place}: o gives several answers, not one",
        ),
    ],
)
def test_what_does_not(chosen, place, hint):
    found = of(chosen)
    assert found[0][0] == place
    assert any(hint in message for _, message in found), found


def test_nobody_is_needed_for_an_optional_step():
    for step in ({"applications": {"role": "x"}}, {"verb": "dance"}):
        assert of(plan(step))
        assert of(plan({**step, "optional": True})) == []
    assert of(plan({"applications": "flink", "optional": True}))


def reads(one, **more):
    return {
        "name": "o",
        "verb": "open",
        "applications": {"role": "event-streaming", "one": one},
        **more,
    }


TAKES = {"verb": "grow", "params": {"size": 1, "place": "${steps.o.place}"}}
TWO = (*EVERYBODY, KAFKA.model_copy(update={"application": "another"}))


def test_one_of_several_gives_one_answer():
    take = {**TAKES, "applications": "kafka"}
    several = {"name": "o", "verb": "open", "applications": {"role": "event-streaming"}}
    assert "several answers" in of(plan(several, take), TWO)[0][1]
    for chosen in ("", "kafka", "another"):
        assert of(plan(reads(chosen), take), TWO) == []


@pytest.mark.parametrize("optional", [True, False])
def test_one_that_is_not_there_is_named_with_those_that_are(optional):
    chosen = plan(reads("${params.who}", optional=optional), params={"who": {"default": "spark"}})
    message = "spark is no event-streaming that offers open: there are kafka, another"
    assert of(chosen, TWO) == [("steps.0.applications", message)]
    assert of(chosen, TWO, {"who": "another"}) == []


def test_an_application_without_units_cannot_do_anything():
    assert of(plan({}), (EMPTY,)) == [("steps.0.applications", "empty has no units")]


def test_parameters_that_are_known_are_judged():
    chosen = plan(grow("${params.n}"), params={"n": {}})
    assert of(chosen, params={"n": 5}) == []
    assert "'five' is not of type" in of(chosen, params={"n": "five"})[0][1]
