# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Machines without units through jubilant's eyes."""

from __future__ import annotations

import json

import jubilant
import pytest


@pytest.fixture(scope="module")
def machine(juju: jubilant.Juju) -> str:
    juju.add_machine()
    [name] = juju.status().machines
    return name


def test_commands_run_in_a_plain_shell(juju: jubilant.Juju, machine: str) -> None:
    task = juju.exec("echo out; echo err >&2; command -v is-leader || true", machine=machine)
    assert (task.stdout, task.stderr, task.return_code) == ("out\n", "err\n", 0)
    shown = json.loads(juju.cli("exec", "--machine", machine, "--format", "json", "--", "true"))
    assert shown[machine]["machine"] == machine
    assert "unit" not in shown[machine]


def test_code_of_the_command_is_told(juju: jubilant.Juju, machine: str) -> None:
    with pytest.raises(jubilant.TaskError) as failure:
        juju.exec("exit 3", machine=machine)
    assert (failure.value.task.status, failure.value.task.return_code) == ("completed", 3)


def test_machine_is_shown_and_removed(juju: jubilant.Juju, machine: str) -> None:
    shown = json.loads(juju.cli("show-machine", machine, "--format", "json"))
    assert shown["machines"][machine]["juju-status"]["current"] == "started"
    # Juju shows what it finds, and of this one nothing.
    assert json.loads(juju.cli("show-machine", "99", "--format", "json"))["machines"] == {}
    assert juju.cli("remove-machine", "--no-prompt", machine) == f"will remove machine {machine}\n"
    juju.wait(lambda status: not status.machines, timeout=60, delay=0.3)
