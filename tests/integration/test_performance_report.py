# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Two performance reports of one cluster: the second compares, and judges within its own band."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jubilant
import pytest

from tests.integration.operations import begin, ended
from tests.integration.processes import eventually

pytestmark = pytest.mark.long

CHARMS = Path(__file__).resolve().parent.parent.parent / "charms"
ROUNDS = 5


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """Three brokers and day2."""
    for name, units in (("certificates", 1), ("kafka", 3), ("day2", 1)):
        juju.deploy(CHARMS / name / f"{name}_amd64.charm", name, num_units=units)
    juju.integrate("kafka:certificates", "certificates")
    juju.integrate("day2:kafka", "kafka:kafka-client")
    juju.integrate("day2:operations", "kafka:operations")
    juju.wait(
        lambda s: jubilant.all_active(s) and jubilant.all_agents_idle(s),
        error=jubilant.any_error,
        timeout=900,
        delay=2,
    )
    return juju


def report(model: jubilant.Juju, target: Path) -> tuple[dict[str, Any], str]:
    """The document of a new report, and its page."""
    told = ended(model, begin(model, "performance-report", rounds=ROUNDS, window="2m"), 400)
    assert told["status"] == "completed", told
    number = {"id": int(told["operation"])}
    files = eventually(
        lambda: model.run("day2/leader", "get-report", number).results, 60, "the report is written"
    )
    found = [target / name for name in ("report.json", "report.html")]
    for key, path in zip(("json-file", "html"), found, strict=True):
        model.scp(f"{files['unit']}:{files[key]}", str(path))
    return json.loads(found[0].read_text()), found[1].read_text()


def test_the_second_report_says_whether_anything_differs(
    model: jubilant.Juju, tmp_path: Path
) -> None:
    first, _ = report(model, tmp_path)
    second, page = report(model, tmp_path)
    assert first["performance"]["comparison"] is None
    compared = second["performance"]["comparison"]
    assert compared["earlier"]["operation"] == first["operation"]["number"]
    assert {each["name"] for each in compared["verdicts"]} == {
        "write", "read", "ack-p50", "ack-p99", "end-to-end-p50", "end-to-end-p99",
    }  # fmt: skip
    for each in compared["verdicts"]:
        print(f"{each['name']}: {each['change']:+.0%} of ±{each['band']:.0%}: {each['finding']}")
        within = abs(each["change"]) <= each["band"]
        assert (each["finding"] == "no difference") == within, each
        assert each["now"] > 0
    load = second["performance"]["facts"]["load"]
    assert all(len(rounds) == ROUNDS for rounds in load["rounds"].values())
    assert {each["broker"] for each in load["brokers"]} == {0, 1, 2}
    assert "no difference" in page
    assert load["failed"] == 0
