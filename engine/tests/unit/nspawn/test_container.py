# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of a container while nothing is asked of it."""

import json
import os
import subprocess

import psutil
import pytest

from onebox.host import boot_id
from onebox.nspawn.container import Container, _began


@pytest.fixture
def container(tmp_path):
    return Container(tmp_path, "ob-test-0")


def runs(container, pid, since):
    kept = {"pid": pid, "since": since, "host": boot_id()}
    (container.directory / "power").write_text(json.dumps(kept))


def test_a_clock_that_is_set_loses_no_machine(container, monkeypatch):
    runs(container, os.getpid(), _began(os.getpid()))
    before, real = psutil.Process().create_time(), psutil._pslinux.boot_time
    monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: real() + 5)
    assert psutil.Process().create_time() == pytest.approx(before + 5, rel=0, abs=2)
    assert not container.lost


def test_another_process_of_its_number_is_not_the_machine(container):
    runs(container, os.getpid(), _began(os.getpid()) - 1)
    assert container.lost


def test_a_machine_that_has_ended_is_lost_until_that_is_known(container):
    with subprocess.Popen(["sleep", "600"]) as process:
        runs(container, process.pid, _began(process.pid))
        assert not container.lost
        process.kill()
    assert container.lost
    container.forget()
    assert not container.lost


@pytest.mark.parametrize(("code", "again"), [("133", True), ("0", False), ("137", False)])
def test_one_that_reboots_says_so_by_its_exit_code(container, code, again):
    (container.directory / "ended").write_text(f"{code}\n")
    assert container.wants_to_boot() is again


def test_one_whose_end_nobody_noted_stays_down(container, monkeypatch):
    monkeypatch.setattr("onebox.nspawn.container._WORD_SECONDS", 0)
    assert not container.wants_to_boot()
