# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The life of two applications, on a real daemon."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from onebox import control
from onebox.client import Client
from onebox.errors import Refused, Unreachable

if TYPE_CHECKING:
    from conftest import Bench

FIRST = ["install", "cluster-relation-created cluster:0 a", "leader-elected", "config-changed",
         "start", "cluster-relation-changed cluster:0 a"]  # fmt: skip


def test_hooks_come_in_jujus_order(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    model = bench.settle()
    assert bench.trace("a/0") == FIRST
    unit = model.units["a/0"]
    assert (unit.agent.current, unit.workload.current, unit.workload.message) == (
        "idle",
        "active",
        "hello",
    )

    bench.call("set_config", application="a", values={"word": "other"})
    bench.settle()
    assert bench.trace("a/0")[len(FIRST) :] == [
        "config-changed",
        "cluster-relation-changed cluster:0 a",
    ]


def test_a_second_unit_joins_and_takes_over(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    bench.settle()
    bench.call("add_unit", application="a")
    bench.settle()
    assert bench.trace("a/1") == [
        "install",
        "cluster-relation-created cluster:0 a",
        "config-changed",
        "start",
        "cluster-relation-changed cluster:0 a",
        "cluster-relation-joined cluster:0 a a/0",
        "cluster-relation-changed cluster:0 a a/0",
    ]
    # What it finds of the other's bag may change once more after it has looked.
    joined, *changed = bench.trace("a/0")[len(FIRST) :]
    assert joined == "cluster-relation-joined cluster:0 a a/1"
    assert set(changed) == {"cluster-relation-changed cluster:0 a a/1"}

    first, second = bench.room("a/0"), len(bench.trace("a/1"))
    bench.call("remove_unit", unit="a/0")
    bench.until(lambda model: "a/0" not in model.units)
    model = bench.settle()
    assert not first.machine.root.exists()
    assert list(model.machines) == ["1"]
    assert model.applications["a"].leader == "a/1"
    assert sorted(bench.trace("a/1")[second:])[:2] == [
        "cluster-relation-departed cluster:0 a a/0 a/0",
        "leader-elected",
    ]


def test_a_relation_comes_and_goes(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    bench.deploy(charm, "b")
    bench.settle()
    before = {unit: len(bench.trace(unit)) for unit in ("a/0", "b/0")}
    bench.call("integrate", a="a:database", b="b:backend")
    model = bench.settle()
    assert {k: dict(v.data) for k, v in model.relations[2].applications.items()} == {
        "a": {"word": "hello"},
        "b": {"word": "hello"},
    }
    address = model.machines["0"].address
    assert model.relations[2].units["a/0"].data == {
        "ingress-address": address,
        "egress-subnets": f"{address}/32",
        "word": "hello",
    }
    hooks = bench.trace("b/0")[before["b/0"] :]
    assert hooks[0] == "backend-relation-created backend:2 a"
    assert hooks.index("backend-relation-joined backend:2 a a/0") + 1 == hooks.index(
        "backend-relation-changed backend:2 a a/0"
    )
    with pytest.raises(Refused, match="already exists"):
        bench.call("integrate", a="a:database", b="b:backend")

    bench.call("remove_relation", a="a", b="b")
    bench.until(lambda model: 2 not in model.relations)
    bench.settle()
    assert bench.trace("a/0")[-2:] == [
        "database-relation-departed database:2 b b/0 b/0",
        "database-relation-broken database:2 b",
    ]


def test_removing_an_application_ends_its_side_and_tells_the_other(
    bench: Bench, charm: Path
) -> None:
    bench.deploy(charm, "a")
    bench.deploy(charm, "b")
    bench.call("integrate", a="a:database", b="b:backend")
    bench.settle()
    bench.call("remove_application", application="a")
    bench.until(lambda model: "a" not in model.applications and not model.relations.get(2))
    model = bench.settle()
    assert bench.trace("b/0")[-2:] == [
        "backend-relation-departed backend:2 a a/0 a/0",
        "backend-relation-broken backend:2 a",
    ]
    assert list(model.units) == ["b/0"]


def test_refresh_replaces_files_and_keeps_what_the_charm_made(bench: Bench) -> None:
    old = bench.pack({"old.txt": "1", "both.txt": "1"})
    bench.deploy(old, "a")
    bench.settle()
    before = len(bench.trace("a/0"))
    new = bench.pack({"both.txt": "2"})
    uploaded = bench.call("upload_charm", path=str(new))
    bench.call("refresh", application="a", charm_url=uploaded["url"])
    bench.until(lambda model: model.units["a/0"].local.charm_url == "local:plain-1")
    bench.settle()
    assert bench.trace("a/0")[before:] == ["upgrade-charm", "config-changed"]
    directory = bench.room("a/0").charm
    assert not (directory / "old.txt").exists()
    assert (directory / "both.txt").read_text() == "2"
    assert (directory / ".juju-charm").read_text() == "local:plain-1\n"
    assert (directory / "revision").read_text() == "1"


def test_a_resource_is_a_file_in_place(bench: Bench, charm: Path, tmp_path: Path) -> None:
    file = tmp_path / "some.txt"
    file.write_text("one")
    bench.deploy(charm, "a", resources={"blob": str(file)})
    bench.settle()
    got = bench.call("run_commands", unit="a/0", commands="cat $(resource-get blob)")
    assert got == {"code": 0, "stdout": "one", "stderr": ""}
    file.write_text("two")
    bench.call("attach_resource", application="a", name="blob", path=str(file))
    bench.until(lambda model: model.units["a/0"].local.charm_modified == 1)
    bench.settle()
    assert bench.trace("a/0")[-2:] == ["upgrade-charm", "config-changed"]
    got = bench.call("run_commands", unit="a/0", commands="cat $(resource-get blob)")
    assert got["stdout"] == "two"


def test_update_status_comes_by_itself(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a")
    bench.settle()
    bench.call("set_model_config", values={"update-status-hook-interval": "500ms"})
    bench.wait_for_trace("a/0", "end hooks/update-status", 2)


def test_services_of_a_machine_end_with_it(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a", units=2)
    bench.settle()
    for unit in ("a/0", "a/1"):
        bench.call("run_commands", unit=unit, commands="setsid sleep 1000 >/dev/null 2>&1 &")
    bench.wait_for_processes("a/0", "a/1")
    bench.call("remove_unit", unit="a/1")
    bench.until(lambda model: "a/1" not in model.units)
    bench.wait_for_processes("a/0")


def test_machines_have_addresses_and_names_of_their_own(bench: Bench, charm: Path) -> None:
    bench.deploy(charm, "a", units=3)
    model = bench.settle()
    addresses = {machine.address for machine in model.machines.values()}
    assert len(addresses) == 3
    assert all(address.startswith(f"{model.network}.") for address in addresses)
    assert model.network.startswith("127.")
    assert model.machines["1"].hostname == f"juju-{model.uuid[-6:]}-1"


def test_two_clients_start_one_daemon(bench: Bench) -> None:
    bench.client.call("shutdown")
    code = (
        "import sys, pathlib; from onebox.client import Client; from onebox.home import Home\n"
        "print(Client(Home(pathlib.Path(sys.argv[1]))).call('ping'))"
    )
    command = [sys.executable, "-c", code, str(bench.home.root)]
    commands = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    assert [command.communicate()[0] for command in commands] == [b"pong\n"] * 4
    assert bench.home.database.stat().st_mode & 0o777 == 0o600
    assert bench.home.socket.stat().st_mode & 0o777 == 0o600
    assert bench.home.root.stat().st_mode & 0o777 == 0o700


def test_a_stopped_engine_waits_for_a_person(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEBOX_HOME", str(bench.home.root))
    assert control.run(["stop"]) == 0
    with pytest.raises(Unreachable, match="onebox start"):
        Client(bench.home, background=True).call("ping")
    assert control.run(["status"]) == 3
    assert control.run(["start"]) == 0
    assert Client(bench.home, background=True).call("ping") == "pong"
    # One that was killed is another matter: its jobs have news for it.
    assert not bench.home.stopped.exists()


# -- commands on machines, and what may run beside what ------------------------------------------

PARALLEL = """\
alone: {description: Waits as every action does.}
beside: {description: Waits for nobody., parallel: true}
first: {description: Waits for its group., parallel: true, execution-group: g}
"""
WAITS = """\
#!/bin/bash
[[ $JUJU_DISPATCH_PATH == actions/* ]] || exit 0
echo "begin ${JUJU_DISPATCH_PATH#actions/}" >> trace
until [[ -e "${JUJU_DISPATCH_PATH#actions/}" ]]; do sleep 0.02; done
"""


@pytest.fixture
def neighbours(bench: Bench) -> Bench:
    """Two units on one machine, whose actions wait for a file of their name."""
    files = {"actions.yaml": PARALLEL, "dispatch": WAITS}
    bench.deploy(bench.pack(files), "a")
    bench.call("add_unit", application="a", placement=["0"])
    bench.settle()
    return bench


def begin(bench: Bench, unit: str, action: str) -> int:
    queued = bench.call("enqueue", targets=[unit], action=action, parameters={})
    return int(queued["tasks"][0])


def release(bench: Bench, *actions: str) -> None:
    for unit in ("a/0", "a/1"):
        for action in actions:
            (bench.room(unit).charm / action).touch()


def statuses(bench: Bench, *tasks: int) -> list[str]:
    found = bench.model.tasks
    return [found[number].status for number in tasks]


def test_only_a_parallel_action_runs_beside_another_unit(neighbours: Bench) -> None:
    first = begin(neighbours, "a/0", "alone")
    neighbours.wait_for_trace("a/0", "begin alone")
    second = begin(neighbours, "a/1", "beside")
    neighbours.wait_for_trace("a/1", "begin beside")
    release(neighbours, "beside")
    neighbours.until(lambda model: model.tasks[second].status == "completed")
    third = begin(neighbours, "a/1", "alone")
    # Whatever is not parallel waits for the machine: a parallel script overtakes it meanwhile.
    asked = {"targets": ["a/1"], "action": "juju-exec", "parameters": {"command": "true"}}
    assert statuses(neighbours, first, third) == ["running", "pending"]
    release(neighbours, "alone")
    neighbours.call("enqueue", **asked, parallel=True)
    neighbours.until(lambda model: {t.status for t in model.tasks.values()} == {"completed"})


def test_actions_of_a_group_run_one_after_the_other(neighbours: Bench) -> None:
    tasks = [begin(neighbours, unit, "first") for unit in ("a/0", "a/1")]
    neighbours.until(lambda model: "running" in {model.tasks[n].status for n in tasks})
    # A script that claims the machine does not wait for the group, and shows that it has passed.
    running = statuses(neighbours, *tasks).index("running")
    assert statuses(neighbours, tasks[1 - running]) == ["pending"]
    release(neighbours, "first")
    neighbours.until(lambda model: {t.status for t in model.tasks.values()} == {"completed"})
    ended = neighbours.model.tasks
    assert ended[tasks[running]].completed <= ended[tasks[1 - running]].started


def test_commands_of_a_machine_are_cancelled_with_all_they_started(bench: Bench) -> None:
    machine = bench.call("add_machine")
    asked = {"targets": [machine], "action": "juju-exec"}
    command = {"command": "sleep 1000 & echo $! > new; mv new pid; wait"}
    queued = bench.call("enqueue", **asked, parameters=command, parallel=True)
    (number,) = queued["tasks"]
    pid = Path(str(bench.call("machine_root", machine=machine))) / "pid"
    bench.until(lambda model: pid.exists())
    child = psutil.Process(int(pid.read_text()))
    bench.call("cancel_task", id=number)
    model = bench.until(lambda model: model.tasks[number].completed is not None)
    assert model.tasks[number].status == "aborted"
    bench.until(lambda model: not bench.runs(child))
