# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Against a real Java machine."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataops.snapshot import jvm
from dataops.snapshot.jvm import Jvm, JvmError

PROGRAM = """
public class Sleeper {
    public static void main(String[] args) throws Exception {
        System.out.println("up");
        Thread.sleep(600_000);
    }
}
"""


@pytest.fixture
def java(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    if not shutil.which("javac"):
        pytest.skip("no Java compiler here")
    (tmp_path / "Sleeper.java").write_text(PROGRAM)
    environment = {"JUJU_UNIT_NAME": "sleeper/7", "PATH": os.environ["PATH"]}
    subprocess.run(["javac", "Sleeper.java"], cwd=tmp_path, check=True)
    command = ["java", "-Xmx32m", "-XX:+UseG1GC", "-cp", ".", "Sleeper", "argument"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_unit_is_asked_without_starting_another_machine(
    java: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUJU_MODEL_UUID", raising=False)
    assert jvm.of_unit("sleeper/8") == ()
    (found,) = jvm.of_unit("sleeper/7")
    assert (found.pid, found.name) == (java.pid, "Sleeper")
    threads = found.ask("Thread.print")
    assert '"main"' in threads
    assert "Sleeper.main" in threads
    heap = found.ask("GC.heap_info")
    assert 0 < jvm.used_heap(heap) < 32 << 20
    before = _collections(found.ask("VM.events"))
    assert "java.lang" in found.ask("GC.class_histogram -all")
    # Not a single collection: only what lies there anyway was counted.
    assert _collections(found.ask("VM.events")) == before
    assert "java.lang" in found.ask("GC.class_histogram")
    assert _collections(found.ask("VM.events")) != before, "this would have shown one"
    with pytest.raises(JvmError, match=r"No\.such"):
        found.ask("No.such")
    assert java.poll() is None


def _collections(events: str) -> list[str]:
    return [line for line in events.splitlines() if "GC invocations=" in line]


def test_one_that_hangs_is_given_up(
    java: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jvm, "_WAIT_SECONDS", 0.5)
    java.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(JvmError, match="does not answer in time"):
            Jvm(java.pid, "Sleeper").ask("Thread.print", seconds=0.5)
    finally:
        java.send_signal(signal.SIGCONT)


def test_a_process_that_does_not_expect_the_signal_is_left_alone() -> None:
    sleep = subprocess.Popen(["sleep", "60"])
    try:
        with pytest.raises(JvmError, match="takes no questions"):
            Jvm(sleep.pid, "java").ask("Thread.print")
        assert sleep.poll() is None
    finally:
        sleep.kill()
        sleep.wait()


def test_one_that_is_gone() -> None:
    with pytest.raises(JvmError, match="No such"):
        # The kernel numbers none so high.
        Jvm(2**22 + 1, "java").ask("Thread.print")


def test_what_the_heap_holds() -> None:
    info = (
        " garbage-first heap   total 524288K, used 123456K [0x0, 0x1)\n"
        "  region size 1024K, 10 young (10240K), 2 survivors (2048K)\n"
        " Metaspace       used 55555K, committed 56000K, reserved 1114112K\n"
    )
    assert jvm.used_heap(info) == 123456 << 10
    assert jvm.used_heap("nothing that we know") == 0
