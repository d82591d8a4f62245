# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the programs come from, and in which order."""

import os
import pathlib
import tarfile

import pytest

from errors import InstallError
from installation import Workload, ensure_programs, installed

WORKLOAD = Workload(("prometheus",), "2.42")


def program(path: pathlib.Path, version="2.50.1") -> pathlib.Path:
    """A program that says its version, as Prometheus does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho 'prometheus, version {version}+ds (branch: x)'\n")
    path.chmod(0o755)
    return path


def archive(tmp_path, version="2.50.1", names=("prometheus", "promtool"), under="usr/bin"):
    """An attached resource."""
    tree = tmp_path / f"tree-{version}"
    for name in names:
        program(tree / under / name, version)
    # What a distribution's package has of the same name, executable too: never to be run.
    program(tree / "etc/init.d/prometheus", "99")
    (tree / "usr/share/prometheus/web/static").mkdir(parents=True)
    result = tmp_path / f"{version}.tar.gz"
    with tarfile.open(result, "w:gz") as file:
        file.add(tree, ".")
    return result


@pytest.fixture
def nowhere(monkeypatch):
    """A machine without Prometheus and without apt."""
    monkeypatch.setenv("PATH", "/nonexistent")


def test_the_archive_comes_first(tmp_path, monkeypatch):
    for name in ("prometheus", "promtool"):
        program(tmp_path / "path" / name, "2.43.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{os.environ['PATH']}")

    found = ensure_programs(archive(tmp_path), tmp_path / "bin", WORKLOAD)

    assert found.version == "2.50.1"
    assert found.web is not None and found.web.name == "web"


@pytest.mark.usefixtures("nowhere")
def test_an_upstream_archive_will_do(tmp_path):
    path = archive(tmp_path, under="prometheus-2.50.1.linux-amd64")
    assert ensure_programs(path, tmp_path / "bin", WORKLOAD).promtool.is_file()


@pytest.mark.usefixtures("nowhere")
def test_another_archive_replaces_the_first(tmp_path):
    ensure_programs(archive(tmp_path, "2.50.1"), tmp_path / "bin", WORKLOAD)
    ensure_programs(archive(tmp_path, "2.51.0"), tmp_path / "bin", WORKLOAD)

    found = installed(tmp_path / "bin")

    assert found is not None and found.version == "2.51.0"
    assert len(list((tmp_path / "bin").iterdir())) == 1


@pytest.mark.usefixtures("nowhere")
def test_an_archive_without_the_programs_is_refused(tmp_path):
    path = archive(tmp_path, names=("prometheus",))
    with pytest.raises(InstallError, match="holds no programs"):
        ensure_programs(path, tmp_path / "bin", WORKLOAD)


@pytest.mark.usefixtures("nowhere")
def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "prometheus.tar.gz"
    path.write_text("not an archive")
    with pytest.raises(InstallError, match="cannot be unpacked"):
        ensure_programs(path, tmp_path / "bin", WORKLOAD)


def test_what_the_machine_has_is_used(tmp_path, monkeypatch):
    for name in ("prometheus", "promtool"):
        program(tmp_path / "path" / name)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{os.environ['PATH']}")

    found = ensure_programs(None, tmp_path / "bin", WORKLOAD)

    assert found.prometheus == tmp_path / "path" / "prometheus"
    assert found.web is None


def test_what_is_too_old_is_refused_by_name(tmp_path, monkeypatch):
    for name in ("prometheus", "promtool"):
        program(tmp_path / "path" / name, "2.9.1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{os.environ['PATH']}")

    with pytest.raises(InstallError, match=r"2\.9\.1, but this charm needs 2\.42"):
        ensure_programs(None, tmp_path / "bin", WORKLOAD)


@pytest.mark.usefixtures("nowhere")
def test_without_any_source_the_next_move_is_named(tmp_path):
    with pytest.raises(InstallError, match=r"apt-get install prometheus.*attach-resource"):
        ensure_programs(None, tmp_path / "bin", WORKLOAD)
    assert installed(tmp_path / "bin") is None


def test_a_download_that_fails_says_why_and_leaves_nothing(tmp_path, monkeypatch):
    fake = tmp_path / "path" / "apt-get"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'E: Unable to locate package prometheus' >&2\nexit 100\n")
    fake.chmod(0o755)
    knows_nothing = tmp_path / "path" / "apt-cache"
    knows_nothing.write_text("#!/bin/sh\n")
    knows_nothing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/nonexistent")

    with pytest.raises(InstallError, match="Unable to locate package prometheus"):
        ensure_programs(None, tmp_path / "bin", WORKLOAD)

    assert list((tmp_path / "bin").iterdir()) == []


def test_the_pins_of_this_charm_read(tmp_path):
    path = pathlib.Path(__file__).parents[2] / "workload.txt"
    workload = Workload.read(path)
    assert workload.packages[0] == "prometheus"
    assert workload.least == "2.42"
    assert "libjs-d3" in workload.packages
