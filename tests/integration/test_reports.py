# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reports in a model: fetched, believed, disbelieved, and chained over a change of leaders."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jubilant
import pytest

from tests.integration.processes import eventually

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju, charm: Callable[[str], Path]) -> jubilant.Juju:
    """Two units of day2 over something that is well."""
    juju.deploy(ROOT / "charms" / "day2" / "day2_amd64.charm", "day2", num_units=2)
    juju.deploy(charm("lighthouse"), "lighthouse")
    juju.integrate("day2:operations", "lighthouse:operations")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    return juju


def run(juju: jubilant.Juju, unit: str, action: str, **params: Any) -> dict[str, Any]:
    return dict(juju.run(unit, action, params).results)


def reported(juju: jubilant.Juju) -> dict[str, Any]:
    """Where the report of a new health check is, once it is written."""

    def begun() -> str:
        # It is refused while the catalogue of what can be asked is still on its way.
        return run(juju, "day2/leader", "health-check")["operation"]

    number = int(eventually(begun, 60, "the start of a health check"))

    def written() -> dict[str, Any]:
        return run(juju, "day2/leader", "get-report", id=number)

    return eventually(written, 120, f"the report of operation {number}")


def leader(juju: jubilant.Juju) -> str:
    units = juju.status().apps["day2"].units
    return next(name for name, unit in units.items() if unit.leader)


def _led_by_another(status: jubilant.Status, gone: str) -> bool:
    units = status.apps["day2"].units
    return gone not in units and any(unit.leader for unit in units.values())


def test_a_report_is_fetched_and_checked_by_whoever_has_openssl(
    model: jubilant.Juju, tmp_path: Path
) -> None:
    files = reported(model)
    assert files["unit"] == leader(model)
    for command in files["fetch"].splitlines():
        _, verb, source, _ = command.split()
        assert verb == "scp"
        model.scp(source, tmp_path)
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "day2.pub", "-rawin"]
    verify += ["-in", "report.json", "-sigfile", "report.sig"]
    assert subprocess.run(verify, cwd=tmp_path).returncode == 0
    document = json.loads((tmp_path / "report.json").read_bytes())
    assert document["operation"]["status"] == "completed"
    assert {span["who"] for span in document["operation"]["timeline"]} >= {"lighthouse/0"}
    told = run(model, files["unit"], "verify-report")
    assert told["verdict"].startswith("The signature holds")


def test_the_other_unit_says_where_it_is(model: jubilant.Juju) -> None:
    other = next(u for u in model.status().apps["day2"].units if u != leader(model))
    assert run(model, other, "get-report")["unit"] == leader(model)
    with pytest.raises(jubilant.TaskError, match=f"juju run {leader(model)} verify-report"):
        run(model, other, "verify-report")


def test_a_byte_that_somebody_changed_shows(model: jubilant.Juju) -> None:
    files = run(model, "day2/leader", "get-report")
    path = files["json-file"]
    model.exec(
        f"cp {path} {path}.kept && sed -i s/completed/concluded/ {path}", unit=files["unit"]
    )
    with pytest.raises(jubilant.TaskError, match=r"cannot be believed.*SHA-256"):
        run(model, files["unit"], "verify-report")
    model.exec(f"mv {path}.kept {path}", unit=files["unit"])
    run(model, files["unit"], "verify-report")


def test_the_next_leader_goes_on_with_the_same_key_and_chain(model: jubilant.Juju) -> None:
    before, gone = run(model, "day2/leader", "get-report"), leader(model)
    model.remove_unit(gone)
    model.wait(lambda status: _led_by_another(status, gone), timeout=120)
    after = reported(model)
    told = run(model, after["unit"], "verify-report")
    assert after["unit"] != gone
    assert after["fingerprint"] == before["fingerprint"]
    assert told["previous"] == before["sha256"]
    assert f"{gone} has left" in run(model, "day2/leader", "get-report", id=1)["note"]
