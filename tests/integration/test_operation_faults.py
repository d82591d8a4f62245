# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever is lost in the middle of an operation: it goes on, or says what goes on with it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import jubilant
import psutil
import pytest

from tests.integration.operations import begin, ended, shown
from tests.integration.processes import eventually, kill_next, of_unit

ROOT = Path(__file__).resolve().parent.parent.parent
PLANS = """
name: relamp
description: Give every lighthouse another bulb; candles shine where it goes wrong.
manual-minutes: 45
params:
  watts: {type: integer, minimum: 1}
steps:
  - name: change
    verb: change-bulb
    applications: {role: navigation}
    params: {watts: "${params.watts}"}
    timeout: 5m
    on-failure: {rollback: by-hand}
rollback:
  - name: by-hand
    verb: light-candle
    applications: lighthouse
finally:
  - name: count
    verb: count-ships
    applications: lighthouse
---
name: relamp-in-time
description: The same, within a quarter of a minute.
manual-minutes: 45
steps:
  - name: change
    verb: change-bulb
    applications: lighthouse
    params: {watts: 7}
    timeout: 15s
"""
UNITS = ("lighthouse/0", "lighthouse/1", "lighthouse/2")


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju, charm: Callable[[str], Path]) -> jubilant.Juju:
    """Three lighthouses under two units of day2."""
    day2 = ROOT / "charms" / "day2" / "day2_amd64.charm"
    juju.deploy(day2, "day2", config={"plans": PLANS}, num_units=2)
    juju.deploy(charm("lighthouse"), "lighthouse", num_units=len(UNITS))
    juju.integrate("day2:operations", "lighthouse:operations")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    eventually(lambda: ready(juju), 60, "the catalogue")
    return juju


@pytest.fixture(autouse=True)
def everybody_at_home(model: jubilant.Juju) -> Iterator[None]:
    yield
    if "lighthouse" not in model.status().apps:
        return
    model.config("lighthouse", {"keeper-away": "", "strongest-bulb": 1000})
    model.wait(jubilant.all_agents_idle, timeout=120, delay=0.5)


def ready(model: jubilant.Juju) -> bool:
    """Whether the plan could begin: only once the lighthouses have said what they offer."""
    params = {"plan": "relamp", "params": "watts=1", "dry-run": True}
    return model.run("day2/leader", "run-operation", params).results["ready"] == "true"


def held_up(model: jubilant.Juju, watts: int, away: str = "lighthouse/1") -> str:
    """The number of an operation in its middle: the first unit is done, `away` is asked."""
    model.config("lighthouse", {"keeper-away": away})
    model.wait(jubilant.all_agents_idle, timeout=120, delay=0.5)
    number = begin(model, "run-operation", plan="relamp", params=f"watts={watts}")
    first = next(unit for unit in UNITS if unit not in away.split())
    eventually(lambda: first in changed(model, watts), 60, f"{first} has another bulb")
    assert shown(model, number)["status"] == "running"
    return number


def come_home(model: jubilant.Juju) -> None:
    model.config("lighthouse", {"keeper-away": ""})


def told_by(model: jubilant.Juju, line: str) -> Counter[str]:
    """How often each lighthouse wrote this into its log."""
    log = model.cli("debug-log", "--replay", "--no-tail", "--include", "lighthouse")
    found = re.findall(rf"unit-lighthouse-(\d+): .*{line}$", log, flags=re.M)
    return Counter(f"lighthouse/{each}" for each in found)


def changed(model: jubilant.Juju, watts: int) -> Counter[str]:
    return told_by(model, f"changed the bulb for {watts} watts")


def whole_journal(model: jubilant.Juju) -> None:
    """Every copy of the journal agrees with every other, to the byte."""
    told = ended(model, begin(model, "verify-journal"))
    assert told["status"] == "completed", told


def leader(model: jubilant.Juju) -> str:
    units = model.status().apps["day2"].units
    [found] = [name for name, unit in units.items() if unit.leader]
    return found


def hook_of(unit: str, model_uuid: str) -> psutil.Process | None:
    """The process of a hook that this unit runs now."""
    for process in of_unit(unit, model_uuid, "python"):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.environ().get("JUJU_DISPATCH_PATH", "").startswith("hooks/"):
                return process
    return None


def test_the_engine_is_killed(model: jubilant.Juju, engine: Path | None) -> None:
    if engine is None:
        pytest.skip("only our own engine may be killed")
    number = held_up(model, 11)
    pid = int((engine / "daemon.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{pid}").exists(), 30, "the end of the engine")
    come_home(model)
    assert ended(model, number)["status"] == "completed"
    assert changed(model, 11) == Counter(UNITS)


def test_hooks_of_day2_are_killed(model: jubilant.Juju, engine: Path | None) -> None:
    if engine is None:
        pytest.skip("on other machines a hook's process is out of reach")
    number = held_up(model, 12)
    unit, uuid = leader(model), model.show_model().model_uuid
    come_home(model)
    # One that was hit when it had done everything has not failed.
    while failures(model, unit) < 3:
        kill_next(lambda: hook_of(unit, uuid), 60, f"a hook of {unit} runs")
    assert ended(model, number, 300)["status"] == "completed"
    assert changed(model, 12) == Counter(UNITS)
    whole_journal(model)


def failures(model: jubilant.Juju, unit: str) -> int:
    """How many hooks of the unit have failed."""
    log = model.cli("debug-log", "--replay", "--no-tail", "--include", unit)
    return len(re.findall(r'hook "[a-z-]+" .* failed: ', log))


def test_the_leader_of_day2_goes(model: jubilant.Juju) -> None:
    number = held_up(model, 13)
    before = leader(model)
    model.add_unit("day2")
    model.remove_unit(before)
    model.wait(lambda s: before not in s.apps["day2"].units, timeout=120, delay=0.5)
    eventually(lambda: leader(model) != before, 60, "another unit leads")
    come_home(model)
    assert ended(model, number)["status"] == "completed"
    assert changed(model, 13) == Counter(UNITS)
    model.wait(jubilant.all_agents_idle, timeout=120, delay=0.5)
    whole_journal(model)


def test_the_charm_is_upgraded(model: jubilant.Juju, charm: Callable[[str], Path]) -> None:
    number = held_up(model, 14)
    model.refresh("day2", path=ROOT / "charms" / "day2" / "day2_amd64.charm")
    model.refresh("lighthouse", path=charm("lighthouse"))
    model.wait(jubilant.all_agents_idle, timeout=120, delay=0.5)
    assert shown(model, number)["status"] == "running"
    come_home(model)
    assert ended(model, number)["status"] == "completed"
    assert changed(model, 14) == Counter(UNITS)


def test_what_fails_is_put_back(model: jubilant.Juju) -> None:
    candles = told_by(model, "lit a candle")
    ships = told_by(model, "counted the ships")
    model.config("lighthouse", {"strongest-bulb": 100})
    told = ended(model, begin(model, "run-operation", plan="relamp", params="watts=150"))
    assert told["status"] == "failed", told
    assert "The fuse blew at 150 watts" in json.dumps(told)
    assert not changed(model, 150)
    assert told_by(model, "lit a candle") - candles == Counter(UNITS)
    assert sum((told_by(model, "counted the ships") - ships).values()) == 1


def test_what_hangs_is_named_and_resumed(model: jubilant.Juju) -> None:
    model.config("lighthouse", {"keeper-away": "lighthouse/1"})
    model.wait(jubilant.all_agents_idle, timeout=120, delay=0.5)
    number = begin(model, "run-operation", plan="relamp-in-time")
    told = ended(model, number)
    assert told["status"] == "failed", told
    assert "lighthouse/1" in told["message"]
    assert "resume-operation" in json.dumps(told)
    assert changed(model, 7)["lighthouse/0"] == 1
    come_home(model)
    model.wait(jubilant.all_agents_idle, timeout=120, delay=0.5)
    resumed(model, number)
    # Whoever had done it was not asked again.
    assert changed(model, 7) == Counter(UNITS)


def resumed(model: jubilant.Juju, number: str) -> None:
    """The operation has gone on to a good end."""
    model.run("day2/leader", "resume-operation", {"id": int(number)})
    eventually(lambda: shown(model, number)["status"] == "completed", 120, "it completes")


def test_a_relation_ends_and_is_made_again(model: jubilant.Juju) -> None:
    number = held_up(model, 17)
    model.remove_relation("day2:operations", "lighthouse:operations")
    told = ended(model, number)
    assert told["status"] == "failed", told
    assert "juju integrate day2:operations lighthouse:operations" in told["next-moves"]
    # What cannot go on is refused with the reason, and nothing is journalled.
    with pytest.raises(jubilant.TaskError, match="no application has the role navigation"):
        model.run("day2/leader", "resume-operation", {"id": int(number)})
    come_home(model)
    model.integrate("day2:operations", "lighthouse:operations")
    eventually(lambda: ready(model), 60, "the catalogue is back")
    # Who has not joined yet is not asked.
    model.wait(jubilant.all_agents_idle, timeout=120, delay=0.5)
    resumed(model, number)
    assert set(changed(model, 17)) == set(UNITS)


def test_a_unit_goes(model: jubilant.Juju) -> None:
    number = held_up(model, 15)
    model.remove_unit("lighthouse/1", force=True)
    told = ended(model, number)
    assert told["status"] == "failed", told
    assert "lighthouse/1" in json.dumps(told)
    assert changed(model, 15)["lighthouse/0"] == 1
    whole_journal(model)
    # Those that are left go on without it.
    come_home(model)
    model.wait(jubilant.all_agents_idle, timeout=120, delay=0.5)
    resumed(model, number)
    assert set(changed(model, 15)) == {"lighthouse/0", "lighthouse/2"}


def test_the_application_goes(model: jubilant.Juju) -> None:
    number = held_up(model, 16, away="lighthouse/2")
    model.remove_application("lighthouse", force=True)
    told = ended(model, number)
    assert told["status"] == "failed", told
    assert "lighthouse" in told["message"]
    whole_journal(model)
    with pytest.raises(jubilant.TaskError, match="lighthouse is not related"):
        model.run("day2/leader", "lint-plans")
