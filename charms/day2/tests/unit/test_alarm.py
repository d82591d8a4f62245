# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import pytest
from world import NOON

from alarm import NAME, Alarm
from dataops.host.paths import UnitPaths
from dataops.testing import FakeServices


@pytest.fixture
def services():
    return FakeServices()


@pytest.fixture
def alarm(tmp_path, services):
    return Alarm(UnitPaths(tmp_path / "workload"), services, "day2/0")


def test_a_time_starts_the_process_and_another_one_only_changes_the_file(
    alarm, services, tmp_path
):
    assert alarm.set(NOON)
    assert services.journal == [("ensure", NAME), ("start", NAME)]
    command = services.running[NAME].command
    assert command[-3] == "day2/0"
    assert not alarm.set(NOON)
    assert alarm.set(NOON + datetime.timedelta(seconds=1))
    assert len(services.journal) == 2
    file = tmp_path / "workload" / "control" / "wake-at"
    assert command[-1] == str(file)
    assert float(file.read_text()) == NOON.timestamp() + 1


def test_without_a_time_nothing_is_started(alarm, services):
    assert not alarm.set(None)
    alarm.ensure_running()
    assert services.journal == []
    alarm.set(NOON)
    assert alarm.set(None)


def test_after_the_machine_has_started_anew_it_runs_again(alarm, services):
    alarm.set(NOON)
    services.stop(NAME)
    alarm.ensure_running()
    assert NAME in services.running
