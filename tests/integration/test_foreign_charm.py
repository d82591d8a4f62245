# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A tenth building block: a charm without any library of ours takes part in a team's own plan."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import jubilant
import pytest

from tests.integration.operations import ended
from tests.integration.processes import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = ROOT / "docs/reference/interfaces/dataops_operations/v1/schemas/provider.json"
PLANS = """
name: relamp
description: Give every lighthouse another bulb, one after the other, and count the ships.
manual-minutes: 45
params:
  watts: {type: integer, minimum: 1}
guards: [health-check]
steps:
  - name: change
    verb: change-bulb
    applications: {role: navigation}
    params: {watts: "${params.watts}"}
    timeout: 2m
  - name: count
    verb: count-ships
    applications: lighthouse
    timeout: 2m
"""
_CHANGED = re.compile(r"unit-lighthouse-(\d+).*changed the bulb for (\d+) watts")


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju, charm: Callable[[str], Path]) -> jubilant.Juju:
    """Two lighthouses under day2, which has the team's plan."""
    juju.deploy(ROOT / "charms" / "day2" / "day2_amd64.charm", "day2", config={"plans": PLANS})
    juju.deploy(charm("lighthouse"), "lighthouse", num_units=2)
    juju.integrate("day2:operations", "lighthouse:operations")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    eventually(lambda: "catalogue" in _bag(juju), 60, "the catalogue")
    return juju


def _bag(juju: jubilant.Juju, holder: str = "lighthouse") -> dict[str, str]:
    """What the lighthouses' application, or one unit of them, wrote for day2."""
    flags = "" if "/" in holder else "--app"
    read = f'relation-get -r "$(relation-ids operations)" {flags} --format json - {holder}'
    return json.loads(juju.exec(read, unit="day2/0").stdout)


def test_what_it_writes_is_as_documented(model: jubilant.Juju) -> None:
    bag = _bag(model)
    app = {"role": bag["role"], "catalogue": json.loads(bag["catalogue"])}
    jsonschema.validate({"app": app, "unit": {}}, json.loads(SCHEMA.read_text()))


def test_it_takes_part_in_a_plan_of_the_team(model: jubilant.Juju) -> None:
    task = model.run("day2/leader", "run-operation", {"plan": "relamp", "params": "watts=60"})
    shown = ended(model, task.results["operation"])
    assert shown["status"] == "completed", shown
    assert shown["steps"]["change"] == {
        "lighthouse-0": "lighthouse/0 shines with 60 watts.",
        "lighthouse-1": "lighthouse/1 shines with 60 watts.",
    }
    assert shown["steps"]["count"] == {"lighthouse": "completed"}
    log = model.cli("debug-log", "--replay", "--no-tail", "--include", "lighthouse")
    # Each unit once, in turn.
    assert _CHANGED.findall(log) == [("0", "60"), ("1", "60")]
    outcomes = {"unit": {"outcome": json.loads(_bag(model, "lighthouse/1")["outcome"])}}
    jsonschema.validate(outcomes, json.loads(SCHEMA.read_text()))


def test_a_wrong_parameter_is_refused_before_anything_is_asked(model: jubilant.Juju) -> None:
    with pytest.raises(jubilant.TaskError, match="watts"):
        model.run("day2/leader", "run-operation", {"plan": "relamp", "params": "watts=many"})


def test_its_bad_health_keeps_the_plan_from_beginning(model: jubilant.Juju) -> None:
    model.config("lighthouse", {"fog": True})
    model.wait(jubilant.all_agents_idle, timeout=60, delay=0.5)
    task = model.run("day2/leader", "run-operation", {"plan": "relamp", "params": "watts=90"})
    shown = ended(model, task.results["operation"])
    assert shown["status"] == "failed", shown
    assert "juju config lighthouse fog=false" in json.dumps(shown)
    log = model.cli("debug-log", "--replay", "--no-tail", "--include", "lighthouse")
    assert ("0", "90") not in _CHANGED.findall(log)
