# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import threading
from pathlib import Path

import pytest

import watch
from job_progress import Progress


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_PAUSE_SECONDS", 0.01)


def say(directory: Path, name: str, state: str, batch: int = 0) -> None:
    progress = Progress(batch=batch)
    progress.enter(state)
    progress.save(directory / f"{name}.json")


def test_knows_every_job(tmp_path: Path) -> None:
    say(tmp_path, "a", "running")
    say(tmp_path, "b", "starting")
    assert watch.states(tmp_path) == {"a": ("running", ""), "b": ("starting", "")}


def test_waits_for_another_state_and_not_for_progress(tmp_path: Path) -> None:
    say(tmp_path, "a", "starting")
    known = watch.states(tmp_path)
    found: list[watch.States] = []
    waiting = threading.Thread(target=lambda: found.append(watch.changed(tmp_path, known)))
    waiting.start()
    say(tmp_path, "a", "starting", batch=5)
    waiting.join(0.1)
    assert waiting.is_alive()
    say(tmp_path, "a", "running")
    waiting.join(10)
    assert found == [{"a": ("running", "")}]
