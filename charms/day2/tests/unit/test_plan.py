# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
from pathlib import Path

import pytest
from world import plan

from plan import Plan, before, duration, spelled
from reading import load

BUILT_IN = Path(__file__).parents[2] / "src" / "plans"


def test_every_built_in_plan_is_a_plan():
    plans = load(BUILT_IN)
    assert set(plans) == {path.stem for path in BUILT_IN.glob("*.yaml")}
    assert plans["health-check"].plan.steps[0].timeout == datetime.timedelta(minutes=5)


def test_no_built_in_step_is_in_a_hurry():
    # A model that was quiet: Juju 4 looks for changes every ten seconds then, so that a task and
    # its answer take twenty, and every hook that is queued there comes before.
    for source in load(BUILT_IN).values():
        every = (*source.plan.steps, *source.plan.rollback, *source.plan.finally_)
        hurried = [each.name for each in every if each.timeout < datetime.timedelta(minutes=1)]
        assert not hurried, source.plan.name


def test_a_plan_survives_the_journal():
    full = plan(
        {"retry": {"attempts": 2}, "on-failure": {"rollback": "undo"}, "approval": True},
        {"applications": {"role": "monitoring"}, "after": [], "parallel": 2},
        params={"n": {"type": "integer", "default": None}},
        canary={"p99": "250ms"},
        guards=["health-check"],
        rollback=[{"name": "undo"}],
        finally_=[{"name": "tidy"}],
    )
    for each in (full, *(source.plan for source in load(BUILT_IN).values())):
        text = each.model_dump_json(by_alias=True, exclude_none=True)
        assert Plan.model_validate_json(text) == each


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400), (" 3 m ", 180)]
)
def test_a_span_is_spelled_as_prometheus_does(text, seconds):
    assert duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "15", "0m", "m", "-1m", "1w", "1m30s", None])
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write for example 90s, 15m"):
        duration(text)


def test_a_span_is_spelled_as_it_is_read():
    for text in ("250ms", "90s", "5m", "2h", "1d"):
        assert spelled(duration(text)) == text


def test_a_step_waits_for_the_one_before_unless_it_says_otherwise():
    steps = plan({}, {}, {"after": []}, {"after": "step1"}).steps
    assert [before(steps, step) for step in steps] == [(), ("step1",), (), ("step1",)]
    assert before(steps, steps[1], chained=False) == ()


def test_one_name_is_a_list_of_one():
    assert plan({"applications": "kafka"}).steps[0].applications == ("kafka",)
    assert plan({"applications": "self"}).steps[0].applications == "self"
