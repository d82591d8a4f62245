# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Processes of charms are found by what they inherited, and ended."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from onebox import processes

Started = subprocess.Popen[bytes]


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
