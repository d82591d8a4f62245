# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Packages that do not fit, on a disk that really is full."""

import os
import subprocess
import zipfile

import pytest

from dataops.host.packages import PackageError, copy_maven_dependencies, unpack

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")

# Writes until the disk is full, then says it as Maven does: in colours, with its advice after it.
MVN = """#!/bin/sh
for word; do case $word in -DoutputDirectory=*) target=${word#*=} ;; esac; done
head -c 40000000 /dev/zero > "$target/kafka.jar" && exit
printf '[\\033[1;31mERROR\\033[m] Error copying artifact: No space left on device\\n'
echo '[ERROR] Re-run Maven using the -X switch to enable full debug logging.'
exit 1
"""


@pytest.fixture
def small(tmp_path):
    """A directory with room for 24 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_named_and_given_back(small, tmp_path):
    archive = tmp_path / "kafka.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("libs/kafka.jar", os.urandom(40_000_000))
    with pytest.raises(PackageError, match="disk full: 0 MiB left for kafka: make room"):
        unpack(archive, small / "kafka")
    assert list(small.iterdir()) == []


def test_what_the_program_says_of_it_is_replaced_by_the_next_move(small, tmp_path, monkeypatch):
    (tmp_path / "mvn").write_text(MVN)
    (tmp_path / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "pom.xml").write_text("<project/>")
    with pytest.raises(PackageError, match="disk full") as raised:
        copy_maven_dependencies(tmp_path / "pom.xml", small / "libs")
    assert "mvn failed (1): [ERROR] Error copying artifact" in str(raised.value.__cause__)
    assert list(small.iterdir()) == []
