# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An archive for sites without a network is whole, and brings a Java where it is asked to."""

import subprocess
import tarfile
from pathlib import Path

import pytest

from dataops.host.packages import find_java, unpack
from tools import resources


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a Java as distributions install it, and nothing to fetch."""
    home = tmp_path / "jvm"
    (home / "bin").mkdir(parents=True)
    (home / "man").mkdir()
    (home / "release").write_text('JAVA_VERSION="21.0.1"\n')
    program = home / "bin" / "java"
    program.write_text("#!/bin/sh\necho runs\n")
    program.chmod(0o755)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "java.security").write_text("x")
    (home / "conf").symlink_to(tmp_path / "etc")
    monkeypatch.setenv("JAVA_HOME", str(home))
    nothing = dict.fromkeys(resources.RESOURCES, lambda tree: (tree / "libs").mkdir())
    monkeypatch.setattr(resources, "RESOURCES", nothing)
    return home


def test_an_archive_brings_a_java_that_runs(machine: Path, tmp_path: Path) -> None:
    built = resources.build("kafka", tmp_path / "out", with_java=True)
    unpack(built, tmp_path / "unit")
    brought = find_java(tmp_path / "unit" / "java")
    assert brought.is_relative_to(tmp_path / "unit")
    done = subprocess.run([brought], capture_output=True, text=True, check=True)
    assert done.stdout == "runs\n"
    assert (tmp_path / "unit" / "java" / "conf" / "java.security").read_text() == "x"
    assert not (tmp_path / "unit" / "java" / "man").exists()


@pytest.mark.parametrize(("name", "asked"), [("kafka", False), ("prometheus", True)])
def test_other_archives_bring_none(
    machine: Path, tmp_path: Path, name: str, *, asked: bool
) -> None:
    built = resources.build(name, tmp_path / "out", with_java=asked)
    with tarfile.open(built) as archive:
        assert archive.getnames() == ["libs"]
