# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Machines on this host: directories, networks, and the end of processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from onebox import machine, processes
from onebox.blobs import Blobs
from onebox.errors import Refused
from onebox.home import SOCKET_LIMIT, Home, short_socket
from onebox.machine import MachineRoom, Networks, UnitRoom

if TYPE_CHECKING:
    from conftest import World

Started = subprocess.Popen[bytes]


@pytest.fixture
def room(world: World, tmp_path: Path) -> UnitRoom:
    world.deploy("app")
    return UnitRoom.of(Home(tmp_path), world.model, "app/0")


def test_a_machine_looks_as_under_juju(room: UnitRoom, tmp_path: Path) -> None:
    root = tmp_path / "models/m-000000/machines/0"
    assert room.charm == root / "var/lib/juju/agents/unit-app-0/charm"
    assert room.tools == root / "var/lib/juju/tools/unit-app-0"
    assert room.log == root / "var/log/juju/unit-app-0.log"
    assert room.machine.path("/srv/data") == root / "srv/data"


def test_sockets_fit_however_long_the_path_is(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 200) / "agent.socket"
    assert len(str(short_socket(long))) <= SOCKET_LIMIT
    assert short_socket(long) == short_socket(long)
    assert short_socket(Path("/a/agent.socket")) == Path("/a/agent.socket")


def test_a_resource_shares_its_bytes(room: UnitRoom, tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_text("1")
    path = room.resource("data.txt", blob)
    assert path == room.base / "resources/data.txt"
    assert path.samefile(blob)
    assert room.resource("data.txt", blob) == path
    other = tmp_path / "other"
    other.write_text("2")
    assert room.resource("data.txt", other).read_text() == "2"


def test_a_host_without_python_gets_ours_at_the_end(
    room: UnitRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard = f"{room.tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert room.search_path() == standard
    monkeypatch.setattr(machine.shutil, "which", lambda name, path: None)
    path = room.search_path()
    assert path.startswith(f"{standard}:")
    assert (Path(path.rpartition(":")[2]) / "python3").resolve() == Path(sys.executable).resolve()


def test_directories_go_even_where_writing_was_forbidden(room: UnitRoom) -> None:
    room.prepare()
    (room.base / "closed").mkdir()
    (room.base / "closed/file").touch()
    (room.base / "closed").chmod(0o500)
    room.machine.remove()
    assert not room.machine.root.exists()


def test_two_engines_never_share_a_network(tmp_path: Path) -> None:
    one, two = Networks(Home(tmp_path / "1")), Networks(Home(tmp_path / "2"))
    network = one.pick("uuid")
    try:
        assert network.startswith("127.")
        assert not two.hold(network)
        one.release(network)
        assert two.hold(network)
    finally:
        two.release(network)


def test_blobs_go_when_no_model_names_them(world: World, tmp_path: Path) -> None:
    directory = tmp_path / "blobs"
    directory.mkdir()
    world.deploy("app")
    blobs = Blobs(directory, lambda: [world.model])
    (directory / "app0").touch()
    file = tmp_path / "file"
    file.write_text("x")
    with blobs.stored(file) as (blob,):
        assert blob.path.read_text() == "x"
        assert blob.path.stat().st_mode & 0o777 == 0o444
    blobs.sweep()
    assert [path.name for path in directory.iterdir()] == ["app0"]
    with pytest.raises(Refused, match="no such file"), blobs.stored(tmp_path / "none"):
        pass


# -- processes ---------------------------------------------------------------------------------


def run(command: list[str], environment: dict[str, str], *, alone: bool = False) -> Started:
    """A process that can be found: the kernel shows its environment only after its start."""
    process = subprocess.Popen(command, env=environment, start_new_session=alone)
    while environment.items() - psutil.Process(process.pid).environ().items():
        pass
    return process


@pytest.fixture
def started() -> Iterator[list[Started]]:
    found: list[Started] = []
    yield found
    for process in found:
        process.kill()
        process.wait()


def test_processes_are_found_by_their_environment(started: list[Started], tmp_path: Path) -> None:
    uuid = f"uuid-of-{tmp_path}"
    for unit, number in (("a/0", "0"), ("a/1", "1")):
        env = {"JUJU_MODEL_UUID": uuid, "JUJU_MACHINE_ID": number, "JUJU_UNIT_NAME": unit}
        started.append(run(["/bin/sleep", "60"], env))
    # One that does not listen to SIGTERM.
    stubborn = ["/bin/sh", "-c", "trap '' TERM; while :; do /bin/sleep 0.1; done"]
    env = {"JUJU_MODEL_UUID": uuid, "JUJU_MACHINE_ID": "1", "JUJU_UNIT_NAME": "a/1"}
    started.append(run(stubborn, env))
    assert {p.pid for p in processes.of_unit(uuid, "a/0")()} == {started[0].pid}
    processes.end(processes.of_machine(uuid, "1"), grace=0.5)
    assert [process.poll() is None for process in started] == [True, False, False]
    assert processes.end(processes.of_model(uuid)) == 1


def test_a_process_that_takes_up_its_program_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Beginning(psutil.Process):
        looks = 0

        def environ(self) -> dict[str, str]:
            self.looks += 1
            return {} if self.looks < 3 else {"JUJU_MODEL_UUID": "uuid"}

        def cmdline(self) -> list[str]:
            return [] if self.looks < 3 else ["sleep"]

    one = Beginning(os.getppid())
    monkeypatch.setattr(psutil, "process_iter", lambda: [one])
    assert processes.of_model("uuid")() == [one]


def test_a_hooks_leftovers_are_not_its_services(started: list[Started], tmp_path: Path) -> None:
    context = f"context of {tmp_path}"
    script = "setsid /bin/sleep 60 & /bin/sleep 61 & wait"
    environment = {"JUJU_CONTEXT_ID": context, "PATH": "/usr/bin:/bin"}
    hook = run(["/bin/sh", "-c", script], environment, alone=True)
    started.append(hook)
    parent = psutil.Process(hook.pid)
    children: list[psutil.Process] = []
    # A child of the shell has its program, its session and its environment one after the other.
    while len(children) < 2 or not all(
        child.name() == "sleep" and child.environ().get("JUJU_CONTEXT_ID") == context
        for child in children
    ):
        children = parent.children(recursive=True)
    try:
        for session in (hook.pid, None):
            found = {p.pid for p in processes.of_hook(context, session)()}
            assert hook.pid in found
            assert len(found) == 2
    finally:
        for child in children:
            child.kill()


def test_rooms_of_containers_have_plain_names(world: World, tmp_path: Path) -> None:
    room = MachineRoom.of(Home(tmp_path), world.model, "0/lxd/1")
    assert room.root.name == "0-lxd-1"
