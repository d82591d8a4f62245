# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
from pathlib import Path

import pytest
from world import plan

from dataops.interfaces.operations import CatalogueEntry, Participant
from dataops.interfaces.prometheus_api import QueryServer
from observed import Observed
from operations.performance_report import VERB
from preconditions import refusals

READY = Observed(
    unit="day2/0",
    model="m",
    leader=True,
    storage=Path("/data"),
    participants=(Participant(application="kafka", catalogue=(CatalogueEntry(name="look"),)),),
    prometheus=QueryServer.model_validate({"direct_url": "http://10.0.0.1:9090"}),
)
LOOK = plan({})
REPORT = plan({"verb": "performance-report", "applications": "self"})


def of(chosen, observed=READY, **params):
    return refusals(chosen, params, observed, {VERB.name: VERB})


def test_nothing_stands_in_the_way():
    assert of(LOOK) == ()
    assert of(REPORT, window="15m") == ()


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"leader": False}, "juju run day2/leader tour"),
        ({"storage": None}, "wait until day2 has settled"),
        ({"participants": ()}, "juju integrate day2:operations kafka:operations"),
        ({"participants": (Participant(application="spark"),)}, "related: spark"),
    ],
)
def test_each_reason_has_its_remedy(change, hint):
    (reason,) = of(LOOK, dataclasses.replace(READY, **change))
    assert hint in reason


def test_every_reason_is_given_at_once():
    nothing = dataclasses.replace(READY, leader=False, storage=None, prometheus=None)
    reasons = of(REPORT, nothing, window="soon", colour="red")
    assert len(reasons) == 4
    assert '"soon" is no duration' in reasons[2]
    assert "colour" in reasons[2]
