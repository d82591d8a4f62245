# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A machine for the charm: real files, services and packages that behave without processes."""

import shutil
import sys
from pathlib import Path

import pytest

CHARM = Path(__file__).parents[2]
sys.path[:0] = [str(CHARM / "src"), str(Path(__file__).parent)]

from cluster import Spark  # noqa: E402
from dataops.certificates import Identity  # noqa: E402
from dataops.host import paths, services  # noqa: E402
from dataops.testing import FakePackages, FakeServices  # noqa: E402
from dataops.testing.authority import FakeAuthority  # noqa: E402
from installation import Installation  # noqa: E402


@pytest.fixture
def fake_services(monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    """The unit's services; they last from hook to hook."""
    fake = FakeServices()
    monkeypatch.setattr(services, "manager", lambda paths, unit: fake)
    return fake


@pytest.fixture
def fake_packages(monkeypatch: pytest.MonkeyPatch) -> FakePackages:
    """The machine's Java and the registries."""
    return FakePackages().patch(monkeypatch)


@pytest.fixture
def charm_dir(tmp_path: Path) -> Path:
    """The unpacked charm, as far as hooks read it."""
    place = tmp_path / "unit-spark-0" / "charm"
    (place / "src").mkdir(parents=True)
    for name in ("pom.xml", "workload.txt"):
        shutil.copy(CHARM / name, place / name)
    shutil.copytree(CHARM / "src" / "prometheus_alert_rules", place / "src/prometheus_alert_rules")
    return place


@pytest.fixture
def unit_paths(charm_dir: Path) -> paths.UnitPaths:
    """The unit's directories."""
    return paths.UnitPaths.beside(charm_dir)


@pytest.fixture
def spark(
    unit_paths: paths.UnitPaths,
    fake_services: FakeServices,
    fake_packages: FakePackages,
    charm_dir: Path,
) -> Spark:
    """The workload on that machine."""
    return Spark(unit_paths, fake_services, Installation(unit_paths.root / "spark", charm_dir))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The unit's storage."""
    path = tmp_path / "data"
    path.mkdir()
    return path


@pytest.fixture(scope="session")
def certificate() -> Identity:
    """What a unit may serve, at the address of the tests' leader and on this machine."""
    return FakeAuthority().identity("10.0.0.1", "127.0.0.1")
