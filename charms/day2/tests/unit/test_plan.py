# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
from pathlib import Path

import pytest

from plan import duration, load

BUILT_IN = Path(__file__).parents[2] / "src" / "plans"


def test_every_built_in_plan_is_a_plan():
    plans = load(BUILT_IN)
    assert set(plans) == {path.stem for path in BUILT_IN.glob("*.yaml")}
    assert plans["health-check"].steps[0].timeout == datetime.timedelta(minutes=5)


def test_a_plan_survives_the_journal():
    for plan in load(BUILT_IN).values():
        text = plan.model_dump_json(by_alias=True, exclude_none=True)
        assert type(plan).model_validate_json(text) == plan


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400), (" 3 m ", 180)]
)
def test_a_span_is_spelled_as_prometheus_does(text, seconds):
    assert duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "15", "0m", "m", "-1m", "1w", "1m30s", None])
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write for example 90s, 15m"):
        duration(text)


STEP = "{name: a, verb: v}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"{{name: other, description: d, steps: [{STEP}]}}", 'call the plan "mine"'),
        (f"{{name: mine, description: d, steps: [{STEP}, {STEP}]}}", "steps of the same name: a"),
        ("{name: mine, description: d, steps: []}", "steps"),
        ("{name: mine, description: d, steps: [{name: a, verb: v, timeout: soon}]}", "soon"),
        ("{name: mine, description: d, steps: [{name: a, verb: v, retrys: 1}]}", "retrys"),
        ("{", "mine.yaml"),
    ],
)
def test_a_file_that_is_no_plan_is_named(tmp_path, text, complaint):
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(ValueError, match=complaint) as refusal:
        load(tmp_path)
    assert "mine.yaml" in str(refusal.value)
