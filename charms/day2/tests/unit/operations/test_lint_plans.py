# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest

from archive import Archive
from dataops.interfaces.operations import CatalogueEntry, Participant
from dataops.operations import OperationError
from observed import Observed
from operations.lint_plans import VERB

KAFKA = Participant(
    application="kafka", units=("kafka/0",), catalogue=(CatalogueEntry(name="health-check"),)
)
OURS = """\
- name: ours
  description: d
  steps:
    - name: check
      verb: health-check
      applications: kafka
"""


def lint(plans="", schedule=""):
    observed = Observed(
        unit="day2/0",
        model="m",
        leader=True,
        participants=(KAFKA,),
        plans=plans,
        schedule=schedule,
    )
    return VERB.call(observed, Archive(Path()), {})


def test_what_fits_and_what_this_model_has_no_use_for_is_told():
    found = lint(OURS)
    assert found.plans["ours"] == found.plans["health-check"] == "fits"
    assert found.plans["performance-report"].startswith("not for this model: performance-report.y")
    assert found.action_results()["plans"]["ours"] == "fits"


def test_a_plan_of_ours_that_no_longer_fits_is_told_with_its_line():
    with pytest.raises(OperationError) as drift:
        lint(OURS.replace("kafka", "flink"))
    assert str(drift.value).startswith("plans line 6: steps.0.applications: flink is not related")


WRONG = """\
- name: ours
  description: d
  colour: red
  steps:
    - {name: a, verb: fly, applications: kafka, after: b, timeout: soon}
    - {name: b, verb: health-check, applications: ghost, on-failure: {rollback: nowhere}}
    - {name: c, verb: health-check, applications: kafka, params: {x: "${params.y}"}}
"""


def test_all_that_is_wrong_with_one_plan_is_told_at_once():
    with pytest.raises(OperationError) as wrong:
        lint(WRONG)
    told = sorted(line.split(" line ", 1)[1] for line in str(wrong.value).splitlines())
    expected = [
        "3: colour: there is no such key",
        "5: steps.0.after: a waits for itself",
        '5: steps.0.timeout: "soon" is no duration',
        "5: steps.0.verb: kafka does not offer fly",
        "6: steps.1.after: b waits for itself",
        "6: steps.1.applications: ghost is not related",
        "6: steps.1.on-failure: there is no rollback nowhere",
        "7: steps.2.params: ${params.y}: the plan declares no such param",
    ]
    assert [line[: len(start)] for line, start in zip(told, expected, strict=True)] == expected


def test_everything_that_is_wrong_with_the_options_is_told():
    with pytest.raises(OperationError) as wrong:
        lint(f"{OURS}  colour: red\n", "- {plan: ours, cron: 0 3 * * *}")
    first, second = str(wrong.value).splitlines()
    assert first.startswith("plans line 7: colour")
    assert second == "schedule line 1: plan: there is no plan ours."
