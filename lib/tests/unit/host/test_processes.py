# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import os
import subprocess

import pytest

from dataops.host.processes import identify, kill


@pytest.fixture
def sleeper():
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def test_a_process_is_known_by_its_number_and_its_start():
    me = identify(os.getpid())
    assert me == identify(os.getpid())
    assert me.alive
    assert not dataclasses.replace(me, started=me.started - 1).alive


def test_a_killed_process_is_gone_though_nobody_has_collected_it(sleeper):
    found = identify(sleeper.pid)
    assert 0 <= kill(found) < 10
    assert not found.alive
    assert identify(sleeper.pid) is None
    with pytest.raises(ProcessLookupError):
        kill(found)


def test_another_process_of_the_same_number_is_not_touched(sleeper):
    earlier = dataclasses.replace(identify(sleeper.pid), started=1)
    with pytest.raises(ProcessLookupError):
        kill(earlier)
    assert sleeper.poll() is None


def test_nobody_is_nobody():
    assert identify(None) is None
    assert identify(2**22 + 1) is None
