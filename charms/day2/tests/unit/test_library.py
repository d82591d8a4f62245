# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from library import known
from reading import read

BUILT_IN = {
    source.plan.name: source
    for source in read(
        "{name: health-check, description: d, steps: [{name: check, verb: health-check}]}", "x"
    )[0]
}
OURS = """\
- name: ours
  description: d
  guards: [health-check]
  steps:
    - {name: one, verb: look}
    - {name: two, verb: look}
"""


def test_without_the_option_there_is_what_is_built_in():
    assert known(BUILT_IN, " \n") == known(BUILT_IN, "")
    assert list(known(BUILT_IN, "").plans) == ["health-check"]


def test_a_plan_of_ours_joins_them():
    library = known(BUILT_IN, OURS)
    assert list(library.plans) == ["health-check", "ours"]
    assert library.reasons == ()


def test_a_plan_with_a_fault_is_left_out_and_the_others_stay():
    bad = OURS.replace("ours", "bad").replace("two, verb", "one, verb")
    library = known(BUILT_IN, OURS + bad)
    assert list(library.plans) == ["health-check", "ours"]
    assert library.reasons == ("plans line 12: steps.1.name: a second step one",)


def test_a_built_in_name_is_taken():
    library = known(BUILT_IN, OURS.replace("name: ours", "name: health-check"))
    assert list(library.plans) == ["health-check"]
    assert library.reasons == ("plans line 1: name: health-check is a built-in plan",)


DAILY = "- {plan: ours, cron: 0 3 * * *}\n"


def test_the_schedule_runs_what_there_is():
    library = known(BUILT_IN, OURS, DAILY)
    assert [entry.plan for entry in library.schedule.entries] == ["ours"]
    assert library.reasons == ()


def test_a_schedule_of_what_there_is_not_is_told_with_its_line():
    library = known(BUILT_IN, "", DAILY + DAILY.replace("ours", "health-chek"))
    assert library.schedule.entries == ()
    assert library.reasons == (
        "schedule line 1: plan: there is no plan ours.",
        "schedule line 2: plan: there is no plan health-chek; did you mean health-check?",
    )


def test_parameters_are_judged_when_they_are_written():
    library = known(BUILT_IN, "", "- {plan: health-check, cron: 0 3 * * *, params: {x: 1}}")
    assert library.reasons == (
        "schedule line 1: params: Additional properties are not allowed ('x' was unexpected)",
    )
