# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Failing hooks, and a daemon that dies at the worst moment."""

from __future__ import annotations

import contextlib
import signal
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from onebox import control
from onebox.client import Client
from onebox.errors import Unreachable

if TYPE_CHECKING:
    from conftest import Bench


def test_a_failed_hook_is_an_error_until_it_is_resolved(bench: Bench, charm: Path) -> None:
    bench.call("set_model_config", values={"automatically-retry-hooks": "false"})
    bench.deploy(charm, "a")
    bench.settle()
    bench.call("set_config", application="a", values={"fail": "hooks/config-changed", "word": "x"})
    model = bench.until(lambda model: model.units["a/0"].local.failures == 1)
    agent = model.units["a/0"].agent
    assert (agent.current, agent.message) == ("error", 'hook failed: "config-changed"')
    # Nothing the hook wrote is visible.
    assert model.relations[0].units["a/0"].data["word"] == "hello"

    task = run(bench, "greet", name="bob")
    assert (task["status"], task["results"]) == (
        "completed",
        {"greeting": "hello bob", "return-code": 0},
    )
    assert bench.model.units["a/0"].agent.current == "error"

    bench.call("resolve", unit="a/0", skip=False)
    bench.until(lambda model: model.units["a/0"].local.failures == 2)
    bench.call("resolve", unit="a/0", skip=True)
    model = bench.settle()
    assert model.units["a/0"].agent.current == "idle"
    assert model.relations[0].units["a/0"].data["word"] == "hello"


def test_a_failed_hook_is_retried(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a", config={"fail": "hooks/start"})
    bench.until(lambda model: model.units["a/0"].local.failures == 1)
    bench.call("set_config", application="a", values={"fail": ""})
    model = bench.until(lambda model: model.units["a/0"].local.started)
    assert model.units["a/0"].local.failures == 0


def test_actions_end_as_in_juju(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    bench.settle()
    greeted = run(bench, "greet")
    assert greeted["results"] == {"greeting": "hello world", "return-code": 0}
    assert [line for _, line in greeted["log"]] == ["greeting world"]
    refused = run(bench, "refuse")
    assert (refused["status"], refused["message"]) == ("failed", "refused")
    assert refused["results"]["return-code"] == 0
    raised = run(bench, "boom")
    assert (raised["status"], raised["message"]) == ("failed", "exit status 3")
    assert raised["results"] == {"return-code": 3, "stderr": "boom\n"}
    wrong = run(bench, "greet", times=0)
    assert (wrong["status"], wrong["message"]) == (
        "error",
        'cannot run "greet" action: validation failed: '
        '(root).times : must be greater than 1, given "0"',
    )


def test_scripts_run_in_the_place_of_a_hook(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    bench.settle()
    task = run(bench, "juju-exec", command="is-leader; echo $JUJU_HOOK_NAME; pwd; exit 3")
    assert task["status"] == "completed"
    assert task["results"] == {
        "return-code": 3,
        "stdout": f"True\n\n{bench.room('a/0').charm}\n",
    }
    quick = run(bench, "juju-exec", command="sleep 60", timeout=3e8)
    assert quick["results"]["return-code"] == -1


def test_a_hook_of_a_killed_daemon_runs_again(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    bench.settle()
    bench.call(
        "set_config", application="a", values={"block": "hooks/config-changed", "word": "new"}
    )
    bench.wait_for_trace("a/0", "wait hooks/config-changed")
    (left,) = bench.processes()
    bench.kill()
    assert bench.runs(left)

    assert bench.client.call("ping") == "pong"
    bench.wait_for_trace("a/0", "wait hooks/config-changed", 2)
    assert not bench.runs(left)
    (bench.room("a/0").charm / "go").touch()
    model = bench.until(lambda model: model.relations[0].units["a/0"].data["word"] == "new")
    bench.settle()
    assert bench.trace("a/0").count("config-changed") == 2
    assert model.units["a/0"].local.failures == 0


def test_a_committed_hook_is_never_repeated(bench: Bench, charm: Path) -> None:
    """Kills the daemon again and again while two units come up."""
    bench.deploy(charm, "a", units=2)
    for hook in ("install", "config-changed", "start"):
        bench.wait_for_trace("a/1", f"end hooks/{hook}")
        committed = {name: unit.local for name, unit in bench.model.units.items()}
        bench.kill()
        bench.client.call("ping")
        for name, local in committed.items():
            after = bench.model.units[name].local
            assert (after.installed, after.started) >= (local.installed, local.started)
    model = bench.settle()
    for unit in ("a/0", "a/1"):
        begun = bench.trace(unit, "begin")
        # A hook that was interrupted may have begun twice; nothing else may.
        assert len(begun) <= len(bench.trace(unit)) + 3
        assert model.units[unit].local.started
        assert set(model.units[unit].local.relations[0].joined) == {"a/0", "a/1"} - {unit}


def test_an_interrupted_action_is_failed_and_not_repeated(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    bench.settle()
    queued = enqueue(bench, "wait")
    bench.wait_for_trace("a/0", "wait actions/wait")
    bench.kill()
    task = finished(bench, queued)
    assert (task["status"], task["message"]) == ("failed", "action terminated")
    bench.settle()
    bench.wait_for_processes()
    assert run(bench, "greet")["status"] == "completed"
    assert bench.trace("a/0", "begin").count("begin actions/wait") == 1


def test_a_task_is_cancelled(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    bench.settle()
    running, waiting = enqueue(bench, "wait"), enqueue(bench, "wait")
    bench.wait_for_trace("a/0", "wait actions/wait")
    for queued in (waiting, running):
        bench.call("cancel_task", id=queued["tasks"][0])
    assert finished(bench, waiting)["status"] == "cancelled"
    assert finished(bench, running)["status"] == "aborted"


def test_a_daemon_that_is_asked_to_stop_leaves_the_hook_for_the_next(
    bench: Bench, charm: Path
) -> None:
    bench.deploy(charm, "a", config={"block": "hooks/start"})
    bench.wait_for_trace("a/0", "wait hooks/start")
    pid = bench.pid
    psutil.Process(pid).send_signal(signal.SIGTERM)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(300)
    bench.wait_for_processes()
    assert not bench.home.socket.exists()
    (bench.room("a/0").charm / "go").touch()
    model = bench.settle()
    assert model.units["a/0"].local.started
    assert bench.trace("a/0").count("start") == 1


def test_juju_exec_waits_for_the_current_hook(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a", config={"block": "hooks/start"})
    bench.wait_for_trace("a/0", "wait hooks/start")
    answers: list[Any] = []
    command = "JUJU_DISPATCH_PATH=hooks/update-status ./dispatch"
    asked = threading.Thread(
        target=lambda: answers.append(bench.call("run_commands", unit="a/0", commands=command))
    )
    asked.start()
    (bench.room("a/0").charm / "go").touch()
    asked.join(300)
    assert answers[0]["code"] == 0
    ended = bench.trace("a/0")
    assert ended.index("start") < ended.index("update-status")


def test_a_forced_removal_does_not_wait_for_a_hook_that_hangs(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a", config={"block": "hooks/start"})
    bench.wait_for_trace("a/0", "wait hooks/start")
    bench.call("remove_unit", unit="a/0", force=True)
    bench.until(lambda model: not model.units)
    bench.wait_for_processes()


def enqueue(bench: Bench, action: str, **parameters: object) -> Any:
    return bench.call("enqueue", targets=["a/leader"], action=action, parameters=parameters)


def run(bench: Bench, action: str, **parameters: object) -> Any:
    return finished(bench, enqueue(bench, action, **parameters))


def finished(bench: Bench, queued: Any) -> Any:
    number = queued["tasks"][0]
    over = ("completed", "failed", "cancelled", "aborted", "error")
    bench.until(lambda model: model.tasks[number].status in over)
    return bench.call("operation", id=queued["id"])["tasks"][0]


def test_a_corrupt_store_is_refused_and_can_be_given_up(
    bench_of: type[Bench],
    charm: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ONEBOX_HOME", str(tmp_path / "onebox"))
    client = Client()
    client.call("add_model", name="m")
    bench = bench_of(client.home, client)
    bench.deploy(charm, "a")
    bench.settle()
    # What a supervisor leaves of a hook's environment, and what it changes.
    place = 'JUJU_MODEL_UUID="$JUJU_MODEL_UUID" HOME="$JUJU_CHARM_DIR"'
    command = f"cd /; env -i {place} setsid sleep 1000 > /dev/null 2>&1 & echo $!"
    service = psutil.Process(
        int(bench.call("run_commands", unit="a/0", commands=command)["stdout"])
    )
    daemon = psutil.Process(int(client.home.pid_file.read_text()))
    client.call("shutdown")
    daemon.wait(300)
    client.home.database.write_bytes(b"no database at all")
    with pytest.raises(Unreachable, match=r"not a database.*onebox destroy --yes"):
        client.call("ping")
    assert control.run(["destroy", "--yes"]) == 0
    assert "not a database" in capsys.readouterr().err
    assert not client.home.root.exists()
    assert not bench.runs(service)


METADATA = """\
name: reboots
summary: Reboots its machine.
description: Once, when it is told to.
"""
REBOOTS = """\
#!/bin/bash
echo "${JUJU_DISPATCH_PATH#hooks/}" >> trace
[[ $JUJU_DISPATCH_PATH == hooks/config-changed && $(config-get word) == now ]] || exit 0
[[ -e rebooted ]] && exit 0
touch rebooted
setsid sleep 600 > /dev/null 2>&1 &
juju-reboot HOW
"""


@pytest.mark.parametrize(
    ("how", "told"), [("", ["config-changed", "start"]), ("--now", ["config-changed"] * 2)]
)
def test_a_reboot_ends_all_processes_and_starts_again(
    bench: Bench, how: str, told: list[str]
) -> None:
    files = {"dispatch": REBOOTS.replace("HOW", how), "metadata.yaml": METADATA}
    files["config.yaml"] = "options: {word: {type: string}}\n"
    files["manifest.yaml"] = 'bases: [{name: ubuntu, channel: "24.04", architectures: [amd64]}]\n'
    archive = bench.home.root.parent / "reboots.charm"
    with zipfile.ZipFile(archive, "w") as opened:
        for name, text in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100755 << 16
            opened.writestr(info, text)
    bench.deploy(archive, "a")
    bench.settle()
    bench.call("set_config", application="a", values={"word": "now"})
    model = bench.until(lambda model: not model.units["a/0"].local.context)
    bench.wait_for_trace("a/0", told[-1], 2 + told.count("config-changed") - 1)
    model = bench.settle()
    assert model.units["a/0"].agent.current == "idle"
    trace = (bench.room("a/0").charm / "trace").read_text().split()
    before = trace.index("start") + 1
    assert trace[before : before + 2] == told
    bench.wait_for_processes()
