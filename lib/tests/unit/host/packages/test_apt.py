# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Packages of the distribution, with a dpkg and an apt-get that behave."""

import os

import pytest

from dataops.host.packages import PackageError, ensure_apt, ensure_java, unpack_apt

DPKG = """#!/bin/sh
for name; do :; done
[ -e {home}/installed/$name ] && printf installed || exit 1
"""
APT = """#!/bin/sh
echo "$@" >> {home}/journal
case " $* " in
*" update "*)
    rm {home}/busy 2>/dev/null && {{
        echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7" >&2
        exit 100
    }}
    mkdir -p {home}/lists; cp {home}/release {home}/lists/all; exit 0 ;;
*" install "*)
    [ ! -e {home}/interrupted ] || {{
        echo "E: dpkg was interrupted, you must manually run 'sudo dpkg --configure -a'" >&2
        exit 100
    }}
    [ -d {home}/lists ] || {{ echo "E: Unable to locate package" >&2; exit 100; }}
    for name; do case $name in -*|install|*::*) ;;
        nonsense) printf 'W: old lists\nE: Unable to locate package nonsense\n' >&2; exit 100 ;;
        *) touch {home}/installed/$name ;;
    esac; done ;;
*" download "*)
    for name; do case $name in -*|download|*::*) ;;
        *) grep -qsx $name {home}/lists/all ||
            {{ echo "E: Unable to locate package $name" >&2; exit 100; }}
            echo $name > $name.deb ;;
    esac; done ;;
esac
"""
# As apt-cache answers: of what it does not know nothing, or that there is no candidate.
CACHE = """#!/bin/sh
shift
for name; do
    if grep -qsx $name {home}/lists/all; then candidate=2.53.3+ds1-2
    elif [ $name = spoken-of ]; then candidate='(none)'
    else continue; fi
    printf '%s:\\n  Installed: (none)\\n  Candidate: %s\\n  Version table:\\n' $name "$candidate"
done
"""
UNPACK = """#!/bin/sh
[ "$1" != --configure ] || {{ rm {home}/interrupted; exit; }}
mkdir -p $3/usr/bin && cp $2 $3/usr/bin/$(cat $2)
"""


@pytest.fixture
def machine(tmp_path, monkeypatch):
    (tmp_path / "installed").mkdir()
    (tmp_path / "release").write_text("maven\nopenjdk-21-jre-headless\nprometheus\npromtool\n")
    programs = {"dpkg-query": DPKG, "dpkg": UNPACK, "apt-get": APT, "apt-cache": CACHE}
    for name, source in programs.items():
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


def test_what_a_kill_left_unfinished_is_finished_first(machine):
    (machine / "interrupted").touch()
    assert ensure_apt(["maven"])


def test_who_gets_the_lists_already_is_waited_for(machine, monkeypatch):
    monkeypatch.setattr("dataops.host.packages._apt._PAUSE_SECONDS", 0)
    (machine / "busy").touch()
    assert ensure_apt(["maven"])
    assert sum("update" in line for line in journal(machine)) == 2


def test_apt_s_own_words_are_in_the_error(machine):
    # In one line, as a status is, and without the warnings before it.
    with pytest.raises(
        PackageError, match=r"apt-get failed \(100\): E: Unable to locate package nonsense"
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


def test_packages_are_unpacked_and_those_left_out_that_the_release_has_not(machine, tmp_path):
    target = tmp_path / "tree"
    target.mkdir()
    unpack_apt(["prometheus", "promtool", "libjs-gone", "spoken-of"], target)
    assert {path.name for path in (target / "usr" / "bin").iterdir()} == {"prometheus", "promtool"}
    assert [path.name for path in target.iterdir()] == ["usr"]


def test_the_first_package_must_be_had(machine, tmp_path):
    target = tmp_path / "tree"
    target.mkdir()
    with pytest.raises(PackageError, match="Unable to locate package grafana"):
        unpack_apt(["grafana", "promtool"], target)
    assert list(target.iterdir()) == []


def test_lists_that_are_old_are_made_anew(machine, tmp_path):
    target = tmp_path / "tree"
    target.mkdir()
    (machine / "lists").mkdir()
    (machine / "lists" / "all").write_text("promtool\n")
    unpack_apt(["prometheus", "promtool"], target)
    assert {path.name for path in (target / "usr" / "bin").iterdir()} == {"prometheus", "promtool"}


def test_java_is_what_the_release_has(machine, monkeypatch):
    """Debian 13 has no Java 17."""
    found = machine / "jvm" / "bin" / "java"
    monkeypatch.setattr("dataops.host.packages._java._candidates", lambda _: iter(()))
    with pytest.raises(PackageError, match="No Java 17 or newer"):
        ensure_java(found.parent.parent)
    assert (machine / "installed" / "openjdk-21-jre-headless").exists()
