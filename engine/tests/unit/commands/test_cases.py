# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every command: what it prints, how it ends, what it asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from onebox import commands

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
    assert juju("help", name).out == done.out


@pytest.mark.parametrize("name", commands.names())
def test_command_is_named_after_its_file_and_refuses_unknown_flags(juju, name):
    found = commands.find(name)
    assert found is not None
    assert name == found.NAME
    done = juju(name, "--bogus")
    assert (done.code, done.err) == (2, "ERROR option provided but not defined: --bogus\n")


def test_aliases_are_nobody_elses_names():
    aliases = [alias for name in commands.names() for alias in commands.find(name).ALIASES]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(commands.names())
