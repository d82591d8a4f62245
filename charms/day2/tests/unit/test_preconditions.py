# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
from pathlib import Path

import pytest
from world import SICK, World, plan

from dataops.interfaces.operations import CatalogueEntry, Participant
from dataops.interfaces.prometheus_api import QueryServer
from observed import Observed
from operations.performance_report import VERB
from preconditions import preconditions, refusals, together

LOOKS = (CatalogueEntry(name="look"),)
REPORTS = (CatalogueEntry(name="performance-report"),)
READY = Observed(
    unit="day2/0",
    model="m",
    leader=True,
    storage=Path("/data"),
    participants=(Participant(application="kafka", catalogue=LOOKS, units=("kafka/0",)),),
    own=Participant(application="day2", catalogue=REPORTS, units=("day2/0",)),
    prometheus=QueryServer.model_validate({"direct_url": "http://10.0.0.1:9090"}),
)
LOOK = plan({})
REPORT = plan(
    {
        "verb": "performance-report",
        "applications": "self",
        "params": {"window": "${params.window}"},
    },
    params={"window": {"type": "string", "default": "15m"}},
)


def of(chosen, observed=READY, *guards, **params):
    plans = {guard.name: guard for guard in guards}
    return refusals(chosen, params, observed, plans, {VERB.name: VERB})


def test_nothing_stands_in_the_way():
    assert of(LOOK) == ()
    assert of(REPORT) == ()
    assert of(REPORT, window="5m") == ()


MOVE = plan(
    {"params": {"unit": "${params.unit}"}},
    params={"unit": {"type": "string", "format": "unit"}},
)


@pytest.mark.parametrize("unit", ["kafka/7", "spark/0", "day2/0"])
def test_a_unit_that_could_not_do_it_is_refused_with_those_that_could(unit):
    taking = CatalogueEntry(name="look", params={"properties": {"unit": {"type": "string"}}})
    able = Participant(application="kafka", catalogue=(taking,), units=("kafka/0", "kafka/1"))
    observed = dataclasses.replace(READY, participants=(able, Participant(application="spark")))
    assert of(MOVE, observed, unit="kafka/1") == ()
    (reason,) = of(MOVE, observed, unit=unit)
    assert reason == f"There is no unit {unit} that could do it; there are kafka/0, kafka/1."


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"leader": False}, "juju run day2/leader tour"),
        ({"storage": None}, "wait until day2 has settled"),
        ({"own": None}, "wait until day2 has settled"),
        ({"participants": ()}, "juju integrate day2:operations kafka:operations"),
        ({"participants": (Participant(application="spark"),)}, "related: spark, day2"),
    ],
)
def test_each_reason_has_its_remedy(change, hint):
    (reason,) = of(LOOK, dataclasses.replace(READY, **change))
    assert hint in reason


def test_every_reason_is_given_at_once():
    nothing = dataclasses.replace(READY, leader=False, storage=None, prometheus=None)
    reasons = of(REPORT, nothing, colour="red")
    assert len(reasons) == 4
    assert "colour" in reasons[2]
    assert "nothing to read from" in reasons[3]


def test_a_verb_of_its_own_judges_its_parameters():
    assert '"soon" is no duration' in of(REPORT, window="soon")[0]


def test_a_parameter_without_default_is_required():
    chosen = plan({}, params={"unit": {"type": "string"}})
    assert of(chosen) == ("tour: 'unit' is a required property",)
    assert of(chosen, unit=5) == ("tour: unit: 5 is not of type 'string'",)
    assert of(chosen, unit="kafka/0") == ()


def test_a_guard_must_be_able_to_look():
    guard = plan({"verb": "listen"}, name="listen-first")
    (reason,) = of(plan({}, guards=["listen-first"]), READY, guard)
    assert reason.startswith("guard listen-first: no application offers listen")


@pytest.mark.parametrize(
    ("related", "hint"),
    [(False, "juju integrate day2:kafka kafka"), (True, "until kafka is active")],
)
def test_a_canary_needs_a_cluster(related, hint):
    (reason,) = of(plan({}, canary={}), dataclasses.replace(READY, kafka_related=related))
    assert hint in reason


def test_what_was_seen_is_told_even_when_all_is_well():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    world.request(plan({"verify": "healthy"}, name="health-check"))
    world.answer_all(SICK)
    world.request(plan({}))
    world.drive()
    observed = dataclasses.replace(READY, journal=world.journal)
    told = {each.name: each.detail for each in preconditions(LOOK, {}, observed, {}, {})}
    assert told["step step1"] == "look on kafka (unknown, 1 units)"
    assert told["last-health-check"].startswith("health-check #1, 2026-11-22 12:00 UTC: 1 of 1")
    assert told["queue"] == "waits for tour #2 (running)"


def test_reasons_can_be_told_from_each_other():
    assert together(["It is cold.", "x: too small", "Relate it: juju integrate a b"]) == (
        "It is cold. x: too small; Relate it: juju integrate a b"
    )
    assert together([]) == ""
