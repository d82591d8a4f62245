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


def test_everything_that_is_wrong_with_the_options_is_told():
    with pytest.raises(OperationError) as wrong:
        lint(f"{OURS}  colour: red\n", "- {plan: ours, cron: 0 3 * * *}")
    first, second = str(wrong.value).splitlines()
    assert first.startswith("plans line 7: colour")
    assert second == "schedule line 1: plan: there is no plan ours."
