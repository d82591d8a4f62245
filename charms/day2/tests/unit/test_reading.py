# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest

from reading import entries, load, read, remains

FOLDER = Path(__file__).parents[2] / "src" / "plans"
GOOD = """\
- name: first
  description: d
  steps:
    - {name: look, verb: health-check, applications: kafka}
---
name: second
description: d
steps: [{name: look, verb: health-check, applications: {role: event-streaming}}]
"""
BAD = """\
# Ours.
- name: Not So
  description: d
  colour: red
  steps:
    - name: one
      verb: v
      applications: 5
      on-failure: explode
      timeout: soon
    - verb: v
      parallel: 0
      canary: {}
- name: two
  description: d
  canary: {longest-gap: long}
  steps: []
"""


def test_the_plans_of_the_charm_are_read():
    plans = load(FOLDER)
    assert {"health-check", "performance-report"} <= set(plans)
    assert plans["health-check"].at(("steps",)).startswith("health-check.yaml line ")


def test_a_text_holds_plans_lists_of_them_and_documents():
    sources, reasons = read(GOOD, "plans")
    assert [source.plan.name for source in sources] == ["first", "second"]
    assert reasons == ()


def test_every_error_names_its_line_and_key():
    sources, reasons = read(BAD, "plans")
    assert sources == ()
    assert reasons == (
        "plans line 2: name: use a-z, 0-9 and inner dashes, at most 40 characters",
        "plans line 4: colour: there is no such key; docs/reference/plans.md lists them",
        "plans line 8: steps.0.applications: write all, self, a list of names, or {role: ROLE}",
        "plans line 9: steps.0.on-failure: write stop, continue, or {rollback: STEP}",
        'plans line 10: steps.0.timeout: "soon" is no duration; write for example 90s, 15m, 2h '
        "or 1d",
        "plans line 11: steps.1.name: is missing",
        "plans line 12: steps.1.parallel: Input should be greater than or equal to 1",
        "plans line 13: steps.1.canary: there is no such key; docs/reference/plans.md lists them",
        'plans line 16: canary.longest-gap: "long" is no length of time; write for example 250ms, '
        "10s or 2m",
        "plans line 17: steps: name at least one",
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: [", "plans: line 2 is no YAML"),
        ("- name: x\n  b: {", "plans: line 3 is no YAML"),
        ("just words", "plans line 1: this:"),
        ("- 5\n", "plans line 1: this:"),
        ("name: lone", "plans line 1: description: is missing"),
        (f"{GOOD}---\n{GOOD}", "plans line 10: name: a second plan first"),
    ],
)
def test_what_is_no_plan_is_told(text, hint):
    assert hint in " ".join(read(text, "plans")[1])


def test_no_text_is_no_plan():
    assert entries("") == entries("# only words\n") == ()


def test_a_file_is_called_as_its_plan(tmp_path):
    (tmp_path / "other.yaml").write_text(GOOD.partition("---")[0])
    with pytest.raises(ValueError, match=r'other\.yaml: call its one plan "other"'):
        load(tmp_path)
    (tmp_path / "other.yaml").write_text("name: [")
    with pytest.raises(ValueError, match=r"other\.yaml: line 2"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("{name: a, description: d, steps: [{name: s, verb: v, timeout: soon}]}", ["a"]),
        ("{name: a, description: d, steps: [{name: s, verb: v, after: [1, x]}]}", ["a"]),
        ("{name: a, description: d, steps: [{name: s, verb: v}]}", []),
        ("{name: a, description: d, steps: [{verb: v}], colour: red}", []),
        ("{name: a, description: d, steps: [here], colour: red}", []),
        ("[a, {}, 3]", []),
        ("{", []),
    ],
)
def test_what_remains_of_a_plan_without_its_wrong_keys(text, left):
    assert [source.plan.name for source in remains(text, "plans")] == left
