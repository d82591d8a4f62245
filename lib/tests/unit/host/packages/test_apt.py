# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Packages of the distribution, with a dpkg and an apt-get that behave."""

import os

import pytest

from dataops.host.packages import PackageError, ensure_apt

DPKG = """#!/bin/sh
for name; do :; done
[ -e {home}/installed/$name ] && printf installed || exit 1
"""
APT = """#!/bin/sh
echo "$@" >> {home}/journal
case " $* " in
*" update "*) mkdir -p {home}/lists; exit 0 ;;
*" install "*)
    [ -d {home}/lists ] || {{ echo "E: Unable to locate package" >&2; exit 100; }}
    for name; do case $name in -*|install|*::*) ;;
        nonsense) printf 'W: old lists\nE: Unable to locate package nonsense\n' >&2; exit 100 ;;
        *) touch {home}/installed/$name ;;
    esac; done ;;
esac
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    (tmp_path / "installed").mkdir()
    for name, source in (("dpkg-query", DPKG), ("apt-get", APT)):
        (tmp_path / name).write_text(source.format(home=tmp_path))
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def journal(machine) -> list[str]:
    path = machine / "journal"
    return path.read_text().splitlines() if path.exists() else []


def test_what_is_installed_is_left_alone(machine):
    (machine / "installed" / "maven").touch()
    assert not ensure_apt(["maven"])
    assert journal(machine) == []


def test_what_is_missing_is_installed_after_an_update_if_need_be(machine):
    assert ensure_apt(["maven", "openjdk-17-jre-headless"])
    assert not ensure_apt(["maven", "openjdk-17-jre-headless"])
    assert [("update" in line, "install" in line) for line in journal(machine)] == [
        (False, True),
        (True, False),
        (False, True),
    ]
    assert all("DPkg::Lock::Timeout=300" in line for line in journal(machine))


def test_apt_s_own_words_are_in_the_error(machine):
    # In one line, as a status is.
    with pytest.raises(
        PackageError, match=": W: old lists / E: Unable to locate package nonsense"
    ):
        ensure_apt(["nonsense"])


def test_without_root_it_says_what_to_run(machine, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (machine / "installed" / "maven").touch()
    with pytest.raises(PackageError, match="run `sudo apt-get install --yes nonsense`"):
        ensure_apt(["maven", "nonsense"])
    assert journal(machine) == []


def test_units_that_must_not_start_are_masked_first(machine, monkeypatch):
    monkeypatch.setattr("dataops.host.packages._apt._UNITS", machine)
    ensure_apt(["prometheus"], masked=["prometheus.service"])
    assert os.readlink(machine / "prometheus.service") == "/dev/null"
