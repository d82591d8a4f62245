# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Packages from PyPI, with a python that behaves."""

import pytest

from dataops.host.packages import PackageError, pip_install

PYTHON = """#!/bin/sh
echo "$PYTHONPATH $https_proxy $@" >> {home}/journal
case "$*" in
*--version*) echo Python 3.12 ;;
*install*)
    [ -e {home}/offline ] && {{ echo "ERROR: No matching distribution" >&2; exit 1; }}
    while [ "$1" != --target ]; do shift; done; mkdir -p "$2/pyspark" ;;
esac
"""


@pytest.fixture
def python(tmp_path, monkeypatch):
    program = tmp_path / "python3"
    program.write_text(PYTHON.format(home=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", "/charm/venv")
    (tmp_path / "workload.txt").write_text("pyspark==4.2.0\n")
    return str(program)


def installs(tmp_path) -> list[str]:
    return [line for line in (tmp_path / "journal").read_text().splitlines() if "install" in line]


def test_packages_are_fetched_once(tmp_path, python):
    target = tmp_path / "python"
    assert pip_install(tmp_path / "workload.txt", target, python)
    assert not pip_install(tmp_path / "workload.txt", target, python)
    assert (target / "pyspark").is_dir()
    assert len(installs(tmp_path)) == 1


def test_the_charm_s_own_packages_are_out_of_sight(tmp_path, python):
    pip_install(tmp_path / "workload.txt", tmp_path / "python", python)
    assert "/charm/venv" not in (tmp_path / "journal").read_text()


def test_the_model_s_proxy_is_used(tmp_path, python, monkeypatch):
    monkeypatch.setenv("JUJU_CHARM_HTTPS_PROXY", "http://squid.internal:3128")
    pip_install(tmp_path / "workload.txt", tmp_path / "python", python)
    assert "http://squid.internal:3128" in installs(tmp_path)[-1]


def test_a_failure_leaves_nothing(tmp_path, python):
    (tmp_path / "offline").touch()
    with pytest.raises(PackageError, match="No matching distribution"):
        pip_install(tmp_path / "workload.txt", tmp_path / "target" / "python", python)
    assert list((tmp_path / "target").iterdir()) == []


def test_no_python_says_so(tmp_path):
    (tmp_path / "workload.txt").touch()
    with pytest.raises(PackageError, match="Cannot find /nowhere/python3"):
        pip_install(tmp_path / "workload.txt", tmp_path / "target", "/nowhere/python3")
