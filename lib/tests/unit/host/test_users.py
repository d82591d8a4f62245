# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""System users are made only where they belong."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from dataops.host.users import ensure_user, process_of

JUJU = Path("/var/lib/juju/agents/unit-kafka-0/charm")


@pytest.fixture
def useradd(tmp_path, monkeypatch):
    """A `useradd` that only says how it was called."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    called = tmp_path / "called"
    program = tmp_path / "useradd"
    program.write_text(f'#!/bin/sh\necho "$@" >> {called}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return called


def test_a_missing_user_is_made_as_a_system_user(useradd):
    assert ensure_user("dataops-nobody-yet", JUJU) == "dataops-nobody-yet"
    words = useradd.read_text().split()
    assert "--system" in words
    assert words[-1] == "dataops-nobody-yet"


def test_an_existing_user_is_left_alone(useradd):
    assert ensure_user(pwd.getpwuid(0).pw_name, JUJU) == "root"
    assert not useradd.exists()


def test_in_a_private_tree_everything_runs_as_oneself(useradd, tmp_path):
    assert ensure_user("dataops-nobody-yet", tmp_path) is None
    assert not useradd.exists()


def test_a_program_of_a_user_is_in_none_of_root_s_groups():
    if os.geteuid() != 0:
        pytest.skip("only root runs programs as somebody else")
    done = subprocess.run(["id"], capture_output=True, text=True, **process_of("nobody"))
    assert "(nobody)" in done.stdout
    assert "(root)" not in done.stdout


def test_as_oneself_nothing_is_told():
    assert process_of(None) == {}
