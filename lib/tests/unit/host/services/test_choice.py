# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which service manager a unit gets."""

import os
from pathlib import Path

import pytest

from dataops.host.paths import UnitPaths
from dataops.host.services import _choice, manager
from dataops.host.services.supervised import Supervised
from dataops.host.services.systemd import Systemd

JUJU = Path("/var/lib/juju/agents/unit-kafka-0/charm")
PRIVATE = Path("/home/me/machines/0/var/lib/juju/agents/unit-kafka-0/charm")


@pytest.mark.parametrize(
    "booted, uid, place, expected",
    [
        (True, 0, JUJU, Systemd),
        (True, 0, PRIVATE, Supervised),
        (True, 1000, JUJU, Supervised),
        (False, 0, JUJU, Supervised),
    ],
)
def test_systemd_where_it_runs_and_the_machine_is_ours(
    tmp_path, monkeypatch, booted, uid, place, expected
):
    monkeypatch.setattr(_choice, "_BOOTED", tmp_path if booted else tmp_path / "no")
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert type(manager(UnitPaths.beside(place), "kafka/0")) is expected
