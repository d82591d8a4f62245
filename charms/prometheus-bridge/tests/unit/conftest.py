# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the charm's sources where Juju puts them, and finds the real promtool."""

import pathlib
import shutil
import sys

import pytest
from ops import testing

from dataops.certificates import IdentityFiles
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.jobs import Jobs
from dataops.testing import FakeServices

CHARM = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(CHARM / "src"), str(CHARM / "tests" / "unit")]


@pytest.fixture(scope="session")
def promtool() -> pathlib.Path:
    """The real promtool: the judge of these tests, as of the charm."""
    found = shutil.which("promtool")
    if found is None:
        pytest.fail("Cannot find promtool: sudo apt-get install --yes prometheus")
    return pathlib.Path(found)


@pytest.fixture
def bridge(monkeypatch, tmp_path):
    """The workload; the same over several hooks, as a real one."""
    fake_services = FakeServices()
    paths = UnitPaths(tmp_path / "workload")
    monkeypatch.setattr(services, "manager", lambda paths, unit: fake_services)
    monkeypatch.setattr(UnitPaths, "of", lambda charm: paths)
    monkeypatch.setattr(Jobs, "of", lambda charm: Jobs(paths, fake_services, charm.unit.name))
    from fake_bridge import FakeBridge

    import charm

    fake = FakeBridge()

    fake.files = IdentityFiles(paths.etc, "web")

    def workload(ledger, requester, *_, **__):
        fake.ledger, fake.requester = ledger, requester
        return fake

    monkeypatch.setattr(charm, "Workload", workload)
    return fake


@pytest.fixture
def context(bridge):
    """The charm in Juju's hands."""
    import charm

    return testing.Context(charm.PrometheusBridgeCharm, charm_root=CHARM)
