# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How a charm's process is started, listened to and ended."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from onebox.dispatcher import Ended, Run, find_program
from onebox.errors import OneboxError
from onebox.home import short_socket


class Stage:
    """A place to run scripts in, and the lines they wrote."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lines: list[tuple[str, str]] = []
        context: Any = SimpleNamespace(id="context")
        address = short_socket(directory / "agent.socket")
        self.address = address
        self.record = directory / "running"
        self.run = Run(
            context, address, lambda stream, text: self.lines.append((stream, text)), self.record
        )

    def __call__(self, script: str, **environment: str) -> Ended:
        return self.run(("/bin/sh", "-c", script), environment, self.directory)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_output_is_split_into_lines_and_kept(stage: Stage) -> None:
    ended = stage("echo one; echo two >&2; printf three; exit 3")
    assert (ended.code, ended.reason) == (3, "exit status 3")
    assert (ended.stdout, ended.stderr) == (b"one\nthree", b"two\n")
    assert sorted(stage.lines) == [("stderr", "two"), ("stdout", "one"), ("stdout", "three")]


def test_a_very_long_line_is_broken(stage: Stage) -> None:
    stage("head -c 10000 /dev/zero | tr '\\0' x")
    assert [len(text) for _, text in stage.lines] == [4096, 4096, 1808]


def test_nothing_is_inherited(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_DISPATCH", "1")
    ended = stage("/usr/bin/env; pwd; cat", ONLY="this")
    assert b"ONLY=this\n" in ended.stdout
    assert b"OPERATOR_DISPATCH" not in ended.stdout
    assert b"HOME=" not in ended.stdout
    assert str(stage.directory).encode() in ended.stdout


def test_a_service_that_holds_the_output_open_delays_nothing(stage: Stage) -> None:
    ended = stage("sleep 60 & echo $!; exit 0")
    assert ended.code == 0
    service = psutil.Process(int(ended.stdout))
    assert service.status() != psutil.STATUS_ZOMBIE, "it was not waited for"
    service.kill()


def test_a_killed_run_tells_the_signal(stage: Stage) -> None:
    killer = threading.Timer(0.2, stage.run.kill)
    killer.start()
    ended = stage("exec sleep 60")
    killer.join()
    assert (ended.code, ended.reason) == (-9, "signal: killed")


def test_a_run_that_was_killed_before_it_began_does_not_go_on(stage: Stage) -> None:
    stage.run.kill()
    assert stage("exec sleep 60").code == -9


def test_the_socket_lives_as_long_as_the_run(stage: Stage) -> None:
    script = f"test -S {stage.address} && stat -c %a {stage.address}"
    ended = stage(f"{script}; until test -s running; do :; done; cat running; echo $$")
    mode, recorded, own = ended.stdout.split()
    assert mode == b"600"
    assert recorded == own
    assert not stage.address.exists()


def test_the_run_before_is_forgotten_before_another_begins(stage: Stage) -> None:
    stage.record.write_text("1\n")
    with pytest.raises(FileNotFoundError):
        stage.run(("/nosuch/program",), {}, stage.directory)
    assert not stage.record.exists()


def test_what_runs_a_hook(tmp_path: Path) -> None:
    with pytest.raises(OneboxError, match="charm missing from disk"):
        find_program(tmp_path, "hooks/install")
    (tmp_path / "metadata.yaml").touch()
    assert find_program(tmp_path, "hooks/install") is None
    (tmp_path / "hooks").mkdir()
    legacy = tmp_path / "hooks/install"
    legacy.touch(0o755)
    found = find_program(tmp_path, "hooks/install")
    assert found and found.argv == (str(legacy),)
    dispatch = tmp_path / "dispatch"
    dispatch.touch(0o644)
    with pytest.raises(OneboxError, match="permission denied"):
        find_program(tmp_path, "hooks/install")
    dispatch.chmod(0o755)
    found = find_program(tmp_path, "hooks/install")
    assert found and found.argv == (str(dispatch),)
