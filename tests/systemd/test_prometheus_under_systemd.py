# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The charm's workload on a machine as Juju has it: systemd, root, and no network.

Takes about two minutes the first time (a root directory is built), and less than one later.
"""

import json
import pathlib
import shutil

import pytest

from tests.systemd import machine
from tools import resources


@pytest.fixture(scope="module")
def saw(tmp_path_factory):
    """What the proof saw inside the machine."""
    if reason := machine.obstacle():
        pytest.skip(reason)
    place = tmp_path_factory.mktemp("machine")
    charm, proof = place / "charm", place / "proof"
    charm.mkdir()
    proof.mkdir()
    root = machine.base()
    machine.unpacked_charm(charm, root)
    resources.build("prometheus", proof)
    shutil.copy(pathlib.Path(__file__).with_name("proof.py"), proof)
    console = machine.boot(root, charm, proof)
    result = proof / "result.json"
    assert result.is_file(), f"The machine wrote no result:\n{console[-3000:]}"
    found = json.loads(result.read_text())
    assert "error" not in found, f"{found['error']}\n{console[-3000:]}"
    return found


def test_systemd_keeps_it_and_it_is_not_root(saw):
    assert saw["manager"] == "Systemd"
    assert (saw["user"], saw["runs_as"]) == ("prometheus", "prometheus")


def test_it_serves_without_any_network(saw):
    assert saw["failure"] == ""
    assert saw["ready"]


def test_it_comes_back_after_a_reboot_and_after_a_kill(saw):
    assert (saw["active"], saw["enabled"]) == ("active", "enabled")
    assert saw["came_back"]


def test_it_loads_new_rules_without_a_restart(saw):
    assert saw["reloaded"]
    assert saw["same_process"]


def test_it_leaves_nothing_behind(saw):
    assert saw["gone"]
    assert saw["left_behind"] == ["charm"]
