# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The engine through jubilant's eyes: two small charms, and what a real Juju does with them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import jubilant
import pytest
import yaml

from tests.integration.processes import eventually

HERE = Path(__file__).parent
PATIENCE = 60.0

_ACTIONS = {"greet", "refuse", "crash", "pump", "nest", "change-key"}
_SAW = re.compile(r"saw (\S+) relation=(\S*) unit=(\S*) departing=(\S*)")
_RAN = re.compile(r'ran "(\S+)" hook')

Charm = Callable[[str], Path]


def settled(status: jubilant.Status) -> bool:
    return jubilant.all_agents_idle(status)


def wait_for_message(juju: jubilant.Juju, unit: str, message: str) -> None:
    """Waits until the unit says so and is idle."""
    application = unit.partition("/")[0]

    def said(status: jubilant.Status) -> bool:
        found = status.apps[application].units.get(unit)
        done = found is not None and found.juju_status.current == "idle"
        return done and found.workload_status.message == message

    juju.wait(said, timeout=PATIENCE, delay=0.3, successes=1)


def log_of(juju: jubilant.Juju, unit: str) -> str:
    return juju.cli("debug-log", "--replay", "--no-tail", "--include", unit)


def hooks_of(juju: jubilant.Juju, unit: str) -> list[str]:
    """The hooks that the unit's charm saw, in order, failed ones and retries included."""
    return [name for name, *_ in _SAW.findall(log_of(juju, unit)) if name not in _ACTIONS]


def committed(juju: jubilant.Juju, unit: str) -> list[str]:
    """The hooks that ended well, in order."""
    return _RAN.findall(log_of(juju, unit))


@pytest.fixture(scope="module")
def bundle(charm: Charm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of both charms beside their packed files."""
    applications = {
        "well": {"charm": str(charm("well")), "num_units": 1, "options": {"mood": "glad"}},
        "tap": {"charm": str(charm("tap")), "num_units": 1},
    }
    document = {
        "default-base": "ubuntu@24.04",
        "applications": applications,
        "relations": [["well:water", "tap:water"]],
    }
    path = tmp_path_factory.mktemp("bundle") / "water.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.fixture(scope="module")
def water(juju: jubilant.Juju, bundle: Path) -> jubilant.Juju:
    """The model with `well` and `tap`, related from the beginning."""
    said = juju.cli("deploy", str(bundle))
    assert said.splitlines()[0] == "Executing changes:"
    assert "- add relation well:water - tap:water" in said.splitlines()
    wait_for_message(juju, "tap/0", "word=first")
    juju.wait(settled, timeout=PATIENCE, delay=0.3)
    return juju


# -- hooks -------------------------------------------------------------------------------------


def test_hooks_of_a_provider_come_in_jujus_order(water: jubilant.Juju) -> None:
    hooks = hooks_of(water, "well/0")
    assert hooks[0] == "install"
    # Relations that exist before the unit does are created right after install, in no set order.
    assert set(hooks[1:3]) == {"water-relation-created", "bucket-chain-relation-created"}
    assert hooks[3:6] == ["leader-elected", "config-changed", "start"]
    assert hooks[6:8] == ["water-relation-joined", "water-relation-changed"]


def test_hooks_of_a_requirer_come_in_jujus_order(water: jubilant.Juju) -> None:
    hooks = hooks_of(water, "tap/0")
    first = ["install", "water-relation-created", "leader-elected", "config-changed", "start"]
    assert hooks[:5] == first
    assert {"water-relation-joined", "water-relation-changed"} == set(hooks[5:])
    joined = hooks.index("water-relation-joined")
    assert hooks[joined + 1] == "water-relation-changed"


def test_status(water: jubilant.Juju) -> None:
    status = water.status()
    assert jubilant.all_active(status)
    well = status.apps["well"]
    assert (well.charm_name, well.charm_rev, well.version) == ("well", 0, "2.0.1")
    assert well.app_status.message == "led by well/0"
    assert well.units["well/0"].leader
    assert well.units["well/0"].open_ports == ["8080/tcp"]
    assert well.relations["water"][0].related_app == "tap"
    machine = status.machines[well.units["well/0"].machine]
    assert machine.juju_status.current == "started"
    assert machine.ip_addresses == [well.units["well/0"].public_address]


def test_config_change_runs_the_hook_once(water: jubilant.Juju) -> None:
    before = len(hooks_of(water, "well/0"))
    water.config("well", {"depth": 7, "mood": "proud"})
    wait_for_message(water, "well/0", "mood=proud depth=7")
    assert hooks_of(water, "well/0")[before:] == ["config-changed"]
    assert water.config("well")["depth"] == 7
    water.config("well", reset=["depth"])
    assert water.config("well")["depth"] == 3
    wait_for_message(water, "well/0", "mood=proud depth=3")


# -- the command line --------------------------------------------------------------------------

REFUSALS = yaml.safe_load((HERE / "refusals.yaml").read_text())


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["run"])
def test_refusals_have_jujus_words(
    water: jubilant.Juju, juju_binary: Path, charm: Charm, case: dict[str, str]
) -> None:
    known = {"well": charm("well"), "model": water.model, "controller": controller(juju_binary)}
    command, *rest = [word.format(**known) for word in case["run"].split()]
    # Where the model is said: after the command, in the environment, or nowhere.
    place = case.get("place", "flag")
    model = ["--model", str(water.model)] if place == "flag" else []
    named = {"JUJU_MODEL": str(water.model)} if place == "environment" else {}
    done = subprocess.run(
        [juju_binary, command, *model, *rest],
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )
    assert numbered(done.stdout) == case.get("stdout", "").format(**known)
    assert numbered(done.stderr) == case["stderr"].format(**known)
    assert done.returncode == case.get("code", 1)


def controller(juju_binary: Path) -> str:
    """What the controller is called."""
    shown = subprocess.run([juju_binary, "whoami"], capture_output=True, text=True, check=True)
    return re.findall(r"Controller: +(\S+)", shown.stdout)[0]


def numbered(text: str) -> str:
    """The text with the numbers of operations, tasks and uploads as N; ids and addresses named."""
    text = re.sub(r"(peration|task|Action id|revision) \d+", r"\1 N", text)
    text = re.sub(r'^ - id "\d+"', ' - id "N"', text, flags=re.MULTILINE)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", text)
    return re.sub(r"\d+\.\d+\.\d+\.\d+:\d+", "ADDRESS", text)


def test_old_spelling_of_integrate_works_with_a_hint(
    water: jubilant.Juju, juju_binary: Path
) -> None:
    done = subprocess.run(
        [juju_binary, "add-relation", "--model", str(water.model), "well:water", "tap:water"],
        capture_output=True,
        text=True,
    )
    assert '"juju integrate"' in done.stderr.splitlines()[0]
    assert "already exists" in done.stderr.splitlines()[1]


def test_action_succeeds(water: jubilant.Juju) -> None:
    task = water.run("well/leader", "greet", {"name": "bob", "mode": "fast"})
    assert task.results == {"message": "hello bob", "mode": "fast"}
    assert task.log[0].endswith("greeting bob")


def test_nested_results_and_streams(water: jubilant.Juju) -> None:
    task = water.run("well/0", "nest")
    assert task.results == {"a": {"b": {"c": "1", "d": "two"}}, "list": "[1,2]"}
    assert (task.stdout, task.stderr) == ("stdout-here\n", "stderr-here\n")


@pytest.mark.parametrize(
    ("action", "code", "message"),
    [("refuse", 0, "it failed on purpose"), ("crash", 3, "exit status 3")],
)
def test_action_fails(water: jubilant.Juju, action: str, code: int, message: str) -> None:
    with pytest.raises(jubilant.TaskError) as failure:
        water.run("well/0", action)
    task = failure.value.task
    assert (task.status, task.return_code, task.message) == ("failed", code, message)


def test_unknown_action_and_unit_are_value_errors(water: jubilant.Juju) -> None:
    with pytest.raises(ValueError, match="nosuch"):
        water.run("well/0", "nosuch")
    with pytest.raises(ValueError, match="well/9"):
        water.run("well/9", "greet", {"name": "x"})


def test_waiting_for_an_action_has_an_end(water: jubilant.Juju) -> None:
    with pytest.raises(TimeoutError):
        water.run("well/0", "pump", {"strokes": 600}, wait=0.5)
    [number] = eventually(
        lambda: re.findall(r"^ *(\d+)  running", water.cli("operations"), re.M),
        PATIENCE,
        "the action runs",
    )
    task = str(int(number) + 1)
    water.cli("cancel-task", task)
    water.wait(settled, timeout=PATIENCE, delay=0.3)
    assert json.loads(water.cli("show-task", task, "--format", "json"))["status"] == "aborted"


def test_exec_runs_where_hooks_run(water: jubilant.Juju) -> None:
    task = water.exec("is-leader --format json; pwd", unit="well/0")
    leads, where = task.stdout.split()
    assert leads == "true"
    assert where.endswith("/var/lib/juju/agents/unit-well-0/charm")


def test_scp_and_ssh_reach_the_machine(water: jubilant.Juju, tmp_path: Path) -> None:
    path = "/var/log/juju/unit-well-0.log"
    water.scp(f"well/0:{path}", tmp_path / "unit.log")
    assert "saw install" in (tmp_path / "unit.log").read_text()
    assert water.ssh("well/0", "head", "-1", path) in (tmp_path / "unit.log").read_text()


# -- bundles -----------------------------------------------------------------------------------


def test_redeployed_bundle_changes_only_what_differs(
    water: jubilant.Juju, bundle: Path, tmp_path: Path
) -> None:
    water.config("well", {"mood": "glad"})
    assert water.cli("deploy", str(bundle)) == ""
    document = yaml.safe_load(bundle.read_text())
    document["applications"]["well"]["options"]["mood"] = "sad"
    document["applications"]["tap"]["num_units"] = 2
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump(document))
    machine = len(water.status().machines)
    lines = ["- set application options for well", f"- add unit tap/1 to new machine {machine}"]
    planned = water.cli("deploy", str(other), "--dry-run")
    assert planned.splitlines() == ["Changes to deploy bundle:", *lines]
    assert water.cli("deploy", str(other)).splitlines() == ["Executing changes:", *lines]
    wait_for_message(water, "tap/1", "word=first")
    wait_for_message(water, "well/0", "mood=sad depth=3")


# -- secrets -----------------------------------------------------------------------------------


def test_secret_changes_reach_the_reader_and_old_revisions_go(water: jubilant.Juju) -> None:
    readers = list(water.status().apps["tap"].units)
    water.run("well/0", "change-key", {"word": "second"})
    for unit in readers:
        wait_for_message(water, unit, "word=second")
        assert "secret-changed" in hooks_of(water, unit)
    eventually(lambda: "secret-remove" in hooks_of(water, "well/0"), PATIENCE, "secret-remove")
    [secret] = [s for s in water.secrets() if s.owner == "well"]
    assert secret.revision == 2
    shown = water.show_secret(secret.uri, reveal=True)
    assert shown.content == {"word": "second"}
    # The owner removed the first revision when it was told that nobody reads it.
    revisions = json.loads(water.cli("show-secret", secret.uri, "--revisions", "--format", "json"))
    [found] = revisions.values()
    assert [r["revision"] for r in found["revisions"]] == [2]


def test_secret_of_a_person(water: jubilant.Juju) -> None:
    uri = water.add_secret("mine", {"token": "abc"})
    water.grant_secret("mine", "well")
    assert water.exec(f"secret-get {uri} token", unit="well/0").stdout == "abc\n"
    water.update_secret("mine", {"token": "def"})
    assert water.exec(f"secret-get {uri} token --peek", unit="well/0").stdout == "def\n"
    water.remove_secret("mine")
    assert uri not in [s.uri for s in water.secrets()]


# -- faults ------------------------------------------------------------------------------------


def test_failed_hook_is_shown_retried_and_resolved(water: jubilant.Juju) -> None:
    water.config("well", {"mood": "broken"})
    status = water.wait(lambda s: jubilant.any_error(s, "well"), timeout=PATIENCE, delay=0.3)
    unit = status.apps["well"].units["well/0"]
    assert unit.workload_status.message == 'hook failed: "config-changed"'
    assert unit.juju_status.current == "idle"
    tries = hooks_of(water, "well/0").count("config-changed")
    assert water.run("well/0", "greet", {"name": "x"}).success, "actions run all the same"
    water.cli("resolved", "well/0")
    eventually(
        lambda: hooks_of(water, "well/0").count("config-changed") > tries, PATIENCE, "a retry"
    )
    water.config("well", {"mood": "mended"})
    wait_for_message(water, "well/0", "mood=mended depth=3")


def test_resolved_without_retry_goes_on(water: jubilant.Juju) -> None:
    water.config("well", {"mood": "broken"})
    water.wait(lambda s: jubilant.any_error(s, "well"), timeout=PATIENCE, delay=0.3)
    water.cli("resolved", "--no-retry", "well/0")
    water.wait(lambda s: not jubilant.any_error(s), timeout=PATIENCE, delay=0.3)
    assert water.config("well")["mood"] == "broken"
    water.config("well", {"mood": "whole"})
    wait_for_message(water, "well/0", "mood=whole depth=3")


def test_leader_that_goes_has_a_successor(water: jubilant.Juju) -> None:
    water.add_unit("tap", num_units=1)
    water.wait(settled, timeout=PATIENCE, delay=0.3)
    units = water.status().apps["tap"].units
    [leader] = [name for name, unit in units.items() if unit.leader]
    water.remove_unit(leader)
    status = water.wait(
        lambda s: leader not in s.apps["tap"].units and settled(s), timeout=PATIENCE, delay=0.3
    )
    [successor] = [name for name, unit in status.apps["tap"].units.items() if unit.leader]
    assert successor != leader
    assert hooks_of(water, successor)[-1] == "leader-elected"
    assert "stop" in hooks_of(water, leader)
    assert hooks_of(water, leader)[-1] == "remove"


def test_killed_engine_goes_on_where_it_was(water: jubilant.Juju, engine: Path | None) -> None:
    if engine is None:
        pytest.skip("only our own engine may be killed")
    before = committed(water, "well/0")
    charm = Path(water.exec("touch slow; pwd", unit="well/0").stdout.strip())
    water.config("well", {"mood": "late"})
    eventually((charm / "started").exists, PATIENCE, "the slow hook")
    pid = int((engine / "daemon.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{pid}").exists(), PATIENCE, "the end of the engine")
    (charm / "slow").unlink()
    wait_for_message(water, "well/0", "mood=late depth=3")
    after = committed(water, "well/0")
    assert after[: len(before)] == before, "a committed hook was lost"
    assert after[len(before) :] == ["config-changed"], "the interrupted hook ran to its end once"
    assert int((engine / "daemon.pid").read_text()) != pid


# -- storage, resources, refresh ---------------------------------------------------------------


def test_storage_and_resource_are_there_before_install(
    water: jubilant.Juju, charm: Charm, tmp_path: Path
) -> None:
    (tmp_path / "map.txt").write_text("north")
    water.deploy(
        charm("well"),
        "deep",
        storage={"basin": "1,200M"},
        resources={"map": str(tmp_path / "map.txt")},
    )
    wait_for_message(water, "deep/0", "ready")
    assert hooks_of(water, "deep/0")[:2] == ["basin-storage-attached", "install"]
    [(name, item)] = water.status().storage.storage.items()
    assert (name.partition("/")[0], item.kind) == ("basin", "filesystem")
    task = water.exec(
        "resource-get map; echo; storage-get location -s $(storage-list)", unit="deep/0"
    )
    path, location = task.stdout.split()
    assert Path(path).read_text() == "north"
    assert Path(location).is_dir()


def test_removed_unit_detaches_its_storage_first(water: jubilant.Juju) -> None:
    water.remove_application("deep")
    water.wait(lambda s: "deep" not in s.apps, timeout=PATIENCE, delay=0.3)
    hooks = hooks_of(water, "deep/0")
    assert hooks.index("basin-storage-detaching") < hooks.index("stop") < hooks.index("remove")
    # Its pool outlives the unit: what it holds waits for `--attach-storage`, or its removal.
    [(name, left)] = water.status().storage.storage.items()
    assert (left.status.current, left.attachments) == ("detached", None)
    water.cli("remove-storage", name)
    water.wait(lambda s: not s.storage.storage, timeout=PATIENCE, delay=0.3)


def test_refresh_runs_upgrade_charm(water: jubilant.Juju, charm: Charm, tmp_path: Path) -> None:
    import zipfile

    newer = tmp_path / "tap.charm"
    newer.write_bytes(charm("tap").read_bytes())
    with zipfile.ZipFile(newer, "a") as archive:
        archive.writestr("version", "newer")
    unit = next(iter(water.status().apps["tap"].units))
    water.refresh("tap", path=newer)
    water.wait(lambda s: s.apps["tap"].charm_rev == 1 and settled(s), timeout=PATIENCE, delay=0.3)
    assert hooks_of(water, unit)[-2:] == ["upgrade-charm", "config-changed"]


def test_container_goes_with_its_unit_and_takes_its_machine_along(
    water: jubilant.Juju, charm: Charm
) -> None:
    before = set(water.status().machines)
    water.deploy(charm("tap"), "boxed", to="lxd")
    water.wait(lambda s: settled(s) and "boxed/0" in s.apps["boxed"].units, timeout=PATIENCE)
    machine = water.status().apps["boxed"].units["boxed/0"].machine
    assert machine.endswith("/lxd/0")
    water.remove_application("boxed")
    water.wait(lambda s: set(s.machines) == before, timeout=PATIENCE, delay=0.3)


# -- the end -----------------------------------------------------------------------------------


def test_removed_relation_departs_and_breaks(water: jubilant.Juju) -> None:
    water.remove_relation("well:water", "tap:water")
    water.wait(lambda s: not s.apps["tap"].relations and settled(s), timeout=PATIENCE, delay=0.3)
    hooks = hooks_of(water, "well/0")
    assert hooks[-1] == "water-relation-broken"
    assert hooks[-2] == "water-relation-departed"
    for unit in water.status().apps["tap"].units:
        wait_for_message(water, unit, "no water")


def test_removed_applications_leave_nothing(water: jubilant.Juju) -> None:
    water.remove_application("well", "tap")
    status = water.wait(lambda s: not s.apps, timeout=PATIENCE, delay=0.3)
    assert status.machines == {}
    assert "is empty" in run_for_stderr(water)


def run_for_stderr(juju: jubilant.Juju) -> str:
    words = [juju.cli_binary, "status", "--model", str(juju.model)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stderr
