# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from world import plan

from library import FOLDER
from lint import ancestors, structure
from reading import load

UNDO = {"name": "undo"}
BACK = {"on-failure": {"rollback": "undo"}}
LOOK = plan({}, name="look-first")
DEEP = plan({"approval": True}, name="deep", guards=["look-first"], params={"n": {}})
FULL = plan(
    {**BACK, "approval": True, "params": {"n": "${params.n}"}},
    {"after": "step1", "params": {"n": "${steps.step1.n}"}},
    guards=["look-first"],
    params={"n": {"type": "integer", "default": 3}},
    rollback=[UNDO, {"name": "more", "after": ["undo"], "params": {"n": "${steps.step2.n}"}}],
    finally_=[{"name": "tidy"}, {"name": "sweep"}],
)


def of(chosen):
    plans = {each.name: each for each in (LOOK, DEEP, chosen)}
    return [
        (".".join(map(str, finding.place)), finding.message)
        for finding in structure(chosen, plans)
    ]


def test_a_good_plan_has_no_fault():
    assert of(FULL) == []


@pytest.mark.parametrize(
    ("chosen", "place", "hint"),
    [
        (plan({}, {"name": "step1"}), "steps.1.name", "a second step step1"),
        (plan({}, finally_=[{"name": "step1"}]), "finally.0.name", "a second step"),
        (
            plan({}, {"after": "stp1"}),
            "steps.1.after",
            "no step stp1 in steps; did you mean step1?",
        ),
        (plan({"after": "step2"}, {}), "steps.0.after", "step1 waits for itself, by way of step2"),
        (plan({"after": "step1"}), "steps.0.after", "step1 waits for itself"),
        (plan(BACK), "steps.0.on-failure", "no rollback undo: the plan's rollback has no steps"),
        (
            plan({}, finally_=[{"name": "tidy", **BACK}]),
            "finally.0.on-failure",
            "cannot be rolled",
        ),
        (plan({}, rollback=[UNDO]), "rollback.0.name", "no step is rolled back by undo"),
        (plan({}, finally_=[{"name": "t", "approval": True}]), "finally.0.approval", "nobody is"),
        (
            plan({}, guards=["look-frst"]),
            "guards.0",
            "no plan look-frst; did you mean look-first?",
        ),
        (plan({}, guards=["tour"]), "guards.0", "a plan cannot guard itself"),
        (
            plan({}, guards=["deep"]),
            "guards.0",
            "guards of its own, a step that waits for approval",
        ),
        (plan({}, params={"n": {"type": "number?"}}), "params.n", "is not valid under any"),
        (plan({}, params={"dry-run": {}}), "params.dry-run", "is taken"),
        (
            plan({}, params={"n": {"type": "integer", "default": "x"}}),
            "params.n.default",
            "'x' is",
        ),
        (plan({"params": {"n": "${params.n}"}}), "steps.0.params", "declares no such param"),
        (
            plan({"applications": {"role": "x", "one": "${params.n}"}}),
            "steps.0.applications",
            "declares no such param",
        ),
        (
            plan({}, {"applications": {"role": "x", "one": "${steps.step1.n}"}}),
            "steps.1.applications",
            "a selector knows params alone",
        ),
        (plan({"params": {"n": "${steps.step1.n}"}}), "steps.0.params", "need not have ended"),
        (plan({"params": {"n": "${steps.x.n}"}}), "steps.0.params", "there is no such step"),
        (plan({"params": {"n": ["${n}"]}}), "steps.0.params", "write ${params.NAME} or"),
        (
            plan({}, {"after": [], "params": {"n": "${steps.step1.n}"}}),
            "steps.1.params",
            "name it in after",
        ),
    ],
)
def test_each_fault_is_told_where_it_is(chosen, place, hint):
    found = of(chosen)
    assert [where for where, _ in found][:1] == [place]
    assert any(hint in message for _, message in found), found


def test_every_fault_is_told():
    chosen = plan({**BACK, "after": "x", "params": {"n": "${params.n}"}}, guards=["y"])
    assert len(of(chosen)) == 4


def test_who_is_waited_for_by_way_of_others_counts():
    steps = plan({}, {}, {"after": "step1"}, {"after": ["step2", "step3"]}).steps
    assert ancestors(steps, steps[3], "steps") == {"step1", "step2", "step3"}


def test_the_built_in_plans_have_no_fault():
    plans = {name: source.plan for name, source in load(FOLDER).items()}
    for name, built_in in plans.items():
        assert structure(built_in, plans) == (), name
