# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every command: what it prints, how it ends, what it asks for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from onebox import commands

# In the order in which Juju prints them; a command without options of its own has no second.
HEADINGS = ("Summary:", "Global Options:", "Command Options:", "Details:", "Examples:")
CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["run"]))
def test_case(juju, daemon, case: dict[str, Any]):
    done = juju(*case["run"])
    if case.get("out", "") is not None:
        assert done.out == case.get("out", "")
    assert done.err == case.get("err", "")
    assert done.code == case.get("code", 0)
    assert daemon.asked == [(name, given) for name, given in case.get("asks", {}).items()]


def test_every_command_has_a_case():
    tried = {commands.find(case["run"][0]) for case in CASES}
    missing = [name for name in commands.names() if commands.find(name) not in tried]
    assert missing == []


@pytest.mark.parametrize("name", commands.names())
def test_help_shows_an_example(juju, name):
    done = juju(name, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: juju {name}")
    assert f"\n    juju {name}" in done.out
    headings = [line for line in done.out.splitlines() if line in HEADINGS]
    assert headings == [line for line in HEADINGS if line in headings]
    assert {"Summary:", "Global Options:", "Details:", "Examples:"} <= {*headings}
    assert juju("help", name).out == done.out


@pytest.mark.parametrize("name", commands.names())
def test_command_refuses_unknown_flags(juju, name):
    done = juju(name, "--bogus")
    assert (done.code, done.err) == (2, "ERROR option provided but not defined: --bogus\n")


@pytest.mark.parametrize(
    "name", ["bootstrap", "add-cloud", "add-user", "spaces", "migrate", "find"]
)
def test_what_needs_juju_itself_says_so_in_one_line(juju, name):
    done = juju(name, "some", "--words")
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith(f'ERROR "juju {name}" is not for one machine: ')
    assert done.err.count("\n") == 1


def test_help_lists_every_command_with_its_purpose(juju):
    listed = dict(line.split(None, 1) for line in juju("help", "commands").out.splitlines())
    assert set(commands.names()) <= set(listed)
    assert listed["relate"] == "Alias for 'integrate'."
    assert all(purpose.endswith(".") for purpose in listed.values())


def test_plugin_on_the_path_takes_over(tmp_path):
    plugin = tmp_path / "juju-greet"
    plugin.write_text('#!/bin/sh\necho "hello $*"\n')
    plugin.chmod(0o755)
    program = [sys.executable, "-c", "from onebox.main import juju; juju()", "greet", "-x", "you"]
    done = subprocess.run(program, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("hello -x you\n", 0)


def test_aliases_are_nobody_elses_names():
    found = map(commands.find, commands.names())
    aliases = [alias for command in found for alias in commands.aliases_of(command)]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(commands.names())
