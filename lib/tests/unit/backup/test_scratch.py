# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dataops.backup.scratch import Scratch, ScratchError, address
from dataops.testing import FakeServices, eventually

CHILD = """
import sys, time
from pathlib import Path
from dataops.backup.scratch import Scratch
scratch = Scratch(Path(sys.argv[1]))
scratch.__enter__()
scratch.run([sys.argv[2]], Path(sys.argv[1]) / "log")
print("runs", flush=True)
time.sleep(600)
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "program"
    path.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(600)\n")
    path.chmod(0o755)
    return str(path)


def test_nothing_of_it_is_left(tmp_path: Path, program: str) -> None:
    with Scratch(tmp_path / "scratch") as scratch:
        scratch.run([program], tmp_path / "scratch" / "log")
        eventually(lambda: len(scratch.processes()) >= 1)
        assert (tmp_path / "scratch").stat().st_mode & 0o077 == 0
    assert not (tmp_path / "scratch").exists() and not scratch.processes()
    assert not scratch.clear()


def test_what_a_kill_left_is_found_and_removed(tmp_path: Path, program: str) -> None:
    place = tmp_path / "scratch"
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(place), program],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout and child.stdout.readline() == b"runs\n"
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    child.stdout.close()
    left = Scratch(place)
    assert left.processes() and place.exists()
    assert left.clear()
    assert not left.processes() and not place.exists()


def test_another_directory_s_processes_are_left_alone(tmp_path: Path, program: str) -> None:
    with Scratch(tmp_path / "one") as one:
        one.run([program], tmp_path / "one" / "log")
        eventually(lambda: len(one.processes()) >= 1)
        Scratch(tmp_path / "on").clear()
        Scratch(tmp_path / "two").clear()
        assert one.processes()


def test_a_program_that_ends_says_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Scratch(tmp_path / "scratch") as scratch:
        scratch.run(["/bin/ls"], log)
        with pytest.raises(ScratchError, match="ls: invalid option"):
            scratch.wait(lambda: False, 30, log)


def test_an_address_is_free_and_our_own() -> None:
    host = address((9093, 9097))
    assert host.startswith("127.")
    with socket.socket() as probe:
        probe.bind((host, 9093))


def test_what_is_to_stay_outlives_its_maker_until_somebody_clears_it(tmp_path: Path) -> None:
    services, place = FakeServices(), tmp_path / "scratch"
    with Scratch(place, None, services) as scratch:
        scratch.keep(["/usr/bin/java", "kafka.Kafka"], place / "log")
        scratch.wait(lambda: True, 5, place / "log")
        scratch.stay()
    assert services.running["rehearsal"].command[1] == f"-Ddataops.scratch={place}"
    assert services.running["rehearsal"].restart == "no"
    assert place.exists()
    assert Scratch(place, None, services).clear()
    assert not services.defined and not place.exists()


def test_what_was_to_stay_is_cleared_when_it_fails(tmp_path: Path) -> None:
    services, place = FakeServices(), tmp_path / "scratch"
    with pytest.raises(KeyError), Scratch(place, None, services) as scratch:
        scratch.keep(["/usr/bin/java"], place / "log")
        scratch.stay()
        raise KeyError
    assert not services.defined and not place.exists()


def test_a_service_that_ended_is_told_with_its_last_words(tmp_path: Path) -> None:
    services, place = FakeServices(), tmp_path / "scratch"
    with Scratch(place, None, services) as scratch:
        scratch.keep(["/usr/bin/java"], place / "log")
        (place / "log").write_text("no room\n")
        services.crash("rehearsal")
        with pytest.raises(ScratchError, match="rehearsal's query ended: no room"):
            scratch.wait(lambda: False, 5, place / "log", what="query")


def test_a_program_that_ends_once_it_is_ready_was_ready(tmp_path: Path) -> None:
    with Scratch(tmp_path / "scratch") as scratch:
        done = tmp_path / "scratch" / "done"
        scratch.begin(["/bin/sh", "-c", 'touch "$WHERE"'], tmp_path / "log", {"WHERE": str(done)})
        scratch.wait(done.exists, 30, tmp_path / "log")
