# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A Java that is new enough."""

import pytest

from dataops.host.packages import PackageError, find_java


def java(home, version, *, release=True):
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    if release:
        (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return program


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr("dataops.host.packages._java._HOMES", tmp_path / "jvm")


def test_java_home_comes_first(tmp_path, monkeypatch):
    java(tmp_path / "jvm" / "a", "21.0.1")
    mine = java(tmp_path / "mine", "17.0.9")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "mine"))
    assert find_java() == mine


def test_what_a_workload_brings_comes_before_all(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "mine", "17.0.9").parent.parent))
    brought = java(tmp_path / "kafka" / "java", "21.0.1")
    assert find_java(tmp_path / "kafka" / "java") == brought


def test_an_archive_without_java_changes_nothing(tmp_path):
    found = java(tmp_path / "jvm" / "a", "21.0.1")
    assert find_java(tmp_path / "kafka" / "java") == found


def test_then_path(tmp_path, monkeypatch):
    java(tmp_path / "jvm" / "a", "21.0.1")
    found = java(tmp_path / "other", "17.0.9")
    monkeypatch.setenv("PATH", str(found.parent))
    assert find_java() == found


def test_then_whatever_is_installed_and_new_enough(tmp_path):
    java(tmp_path / "jvm" / "java-8", "1.8.0_402")
    java(tmp_path / "jvm" / "java-11", "11.0.2")
    new = java(tmp_path / "jvm" / "java-25", "25")
    assert find_java() == new


def test_a_java_without_release_file_is_asked(tmp_path, monkeypatch):
    found = java(tmp_path / "other", "17.0.9", release=False)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "other"))
    assert find_java() == found


def test_none_says_what_to_install(tmp_path):
    java(tmp_path / "jvm" / "java-8", "1.8.0_402")
    with pytest.raises(PackageError) as raised:
        find_java()
    assert "is Java 8" in str(raised.value)
    assert "apt-get install --yes openjdk-17-jre-headless" in str(raised.value)
