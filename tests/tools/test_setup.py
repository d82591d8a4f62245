# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `scripts/setup.sh` says and does on a machine where something is missing."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
THERE = ("bash", "cat", "dirname", "env", "grep", "python3", "sed")
JAVA_17 = "echo 'openjdk version \"17.0.13\" 2024-10-15' >&2"
JAVA_11 = "echo 'openjdk version \"11.0.25\" 2024-10-15' >&2"
APT_CACHE = """
echo "$2:"; echo "  Installed: (none)"
if grep -qs update {log} && [[ "$2" =~ ^({known})$ ]]; then echo "  Candidate: 21.0.12-1"
else echo "  Candidate: (none)"; fi
"""


class Machine:
    """A PATH of its own: real basics, and whatever else a test puts there."""

    def __init__(self, root: Path) -> None:
        self.log = root / "apt.log"
        self.packages = ["openjdk-17-jre-headless", "openjdk-21-jre-headless", "maven"]
        self._path = root / "bin"
        self._path.mkdir()
        for name in THERE:
            found = shutil.which(name, path="/usr/bin:/bin")
            assert found, name
            (self._path / name).symlink_to(found)

    def has(self, name: str, does: str = "exit 0") -> None:
        program = self._path / name
        program.write_text(f"#!/usr/bin/env bash\n{does}\n")
        program.chmod(0o755)

    def install(self, user: int, *, apt: bool = True) -> subprocess.CompletedProcess[str]:
        """What `scripts/demo` does first, as that user."""
        self.has("id", f"echo {user}")
        if apt:
            self.has("apt-get", f'echo "$*" >> {self.log}')
            # It knows packages once it was told to look for them; of others it only speaks.
            known = "|".join(self.packages)
            self.has("apt-cache", APT_CACHE.format(log=self.log, known=known))
        return subprocess.run(
            ["bash", "-c", "set -euo pipefail; . scripts/setup.sh; install_packages; echo done"],
            cwd=ROOT,
            env={"PATH": str(self._path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.has("uv")
    return machine


def test_nothing_is_installed_where_nothing_is_missing(machine: Machine) -> None:
    machine.has("java", JAVA_17)
    machine.has("mvn")
    done = machine.install(user=0)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")
    assert not machine.log.exists()


@pytest.mark.parametrize("java", [None, JAVA_11])
def test_root_has_what_is_missing_installed_after_being_told(
    machine: Machine, java: str | None
) -> None:
    if java:
        machine.has("java", java)
    done = machine.install(user=0)
    assert done.returncode == 0, done.stderr
    assert "Missing on this machine: openjdk-17-jre-headless maven\n" in done.stdout
    update, install = machine.log.read_text().splitlines()
    assert update == "-qq update"
    assert install.endswith("--no-install-recommends openjdk-17-jre-headless maven")


def test_a_release_without_that_java_gives_the_next_one(machine: Machine) -> None:
    machine.has("mvn")
    machine.packages.remove("openjdk-17-jre-headless")
    done = machine.install(user=0)
    assert done.returncode == 0, done.stderr
    assert "Installing with apt: openjdk-21-jre-headless\n" in done.stdout
    assert machine.log.read_text().endswith(" openjdk-21-jre-headless\n")


def test_who_may_not_install_is_told_the_command(machine: Machine) -> None:
    machine.has("java", JAVA_17)
    done = machine.install(user=1000)
    assert done.returncode == 1
    assert "run 'sudo apt-get install maven', then run this again" in done.stderr
    assert not machine.log.exists()


def test_without_apt_it_says_what_is_needed(machine: Machine) -> None:
    machine.has("java", JAVA_17)
    done = machine.install(user=0, apt=False)
    assert done.returncode == 1
    assert "Missing on this machine: maven" in done.stdout
    assert "Cannot install them without apt" in done.stderr
