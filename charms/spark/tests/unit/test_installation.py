# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import io
import tarfile
from pathlib import Path

import pytest

from dataops.host.packages import PackageError
from dataops.testing import FakePackages
from installation import Installation


@pytest.fixture
def installation(charm_dir: Path) -> Installation:
    return Installation(charm_dir.parent / "workload" / "spark", charm_dir)


def archive(path: Path, *names: str) -> Path:
    """A tar.gz of empty files."""
    with tarfile.open(path, "w:gz") as tar:
        for name in names:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    return path


GOOD = ("python/pyspark-4.2.0.dist-info/METADATA", "python/pyspark/x", "jars/kafka.jar")


def test_fetches_what_is_pinned_once(
    installation: Installation, fake_packages: FakePackages, charm_dir: Path
) -> None:
    assert installation.ensure(None)
    assert not installation.ensure(None)
    assert fake_packages.targets == {
        installation.python_path: (charm_dir / "workload.txt").read_bytes(),
        installation.jars_dir: (charm_dir / "pom.xml").read_bytes(),
    }


def test_names_a_missing_java(installation: Installation, fake_packages: FakePackages) -> None:
    fake_packages.java = None
    with pytest.raises(PackageError, match="No Java"):
        installation.ensure(None)


def test_an_archive_needs_no_registry(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("dataops.host.packages.pip_install", lambda *_: pytest.fail("reached out"))
    monkeypatch.setattr("dataops.host.packages.ensure_java", lambda _: Path("/usr/bin/java"))
    given = archive(tmp_path / "spark.tar.gz", *GOOD)
    assert installation.ensure(given)
    assert installation.version == "4.2.0"
    assert [jar.name for jar in installation.jars] == ["kafka.jar"]
    assert not installation.ensure(given)


def test_another_archive_takes_its_place(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("dataops.host.packages.ensure_java", lambda _: Path("/usr/bin/java"))
    installation.ensure(archive(tmp_path / "one.tar.gz", *GOOD))
    before = installation.digest
    newer = [name.replace("4.2.0", "4.3.0") for name in GOOD]
    assert installation.ensure(archive(tmp_path / "two.tar.gz", *newer, "python/more"))
    assert installation.version == "4.3.0"
    assert installation.digest != before


def test_an_archive_of_something_else_is_refused(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("dataops.host.packages.ensure_java", lambda _: Path("/usr/bin/java"))
    with pytest.raises(PackageError, match=r"python -m tools\.resources spark"):
        installation.ensure(archive(tmp_path / "x.tar.gz", "README"))
    assert not installation.root.exists()


def test_java_is_installed_beside_an_archive_that_brings_none(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("dataops.host.packages.ensure_java", asked.append)
    given = archive(tmp_path / "spark.tar.gz", *GOOD)
    assert installation.ensure(given)
    assert not installation.ensure(given)
    assert asked == [installation.root / "java"] * 2
