# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The log of a model: nothing is lost between reading and following, nor by rotation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from onebox import logs
from onebox.logs import ModelLog, UnitLog


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ModelLog]:
    found = ModelLog(tmp_path / "m.log")
    yield found
    found.remove()


def test_entries_are_read_in_order(log: ModelLog) -> None:
    log.append("unit-a-0", "INFO", "juju", "one\ntwo")
    log.append("unit-a-0", "ERROR", "juju", "three")
    assert [e["message"] for e in log.read()] == ["one\ntwo", "three"]


def test_following_starts_where_reading_ended(
    log: ModelLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "ROTATE_BYTES", 3000)
    for number in range(5):
        log.append("unit-a-0", "INFO", "juju", str(number))
    found: list[str] = []
    over = threading.Event()

    def follow() -> None:
        for entry in log.follow(3, over.is_set):
            if entry is not None:
                found.append(entry["message"])
            if found[-1:] == ["39"]:
                return

    reader = threading.Thread(target=follow)
    reader.start()
    for number in range(5, 40):
        log.append("unit-a-0", "INFO", "juju", str(number))
    reader.join(30)
    over.set()
    assert len(list(tmp_path.iterdir())) == 2
    assert found == sorted(found, key=int)
    assert found[-1] == "39"


def test_a_unit_keeps_only_what_the_model_wants(log: ModelLog, tmp_path: Path) -> None:
    levels = {"unit.a/0.juju-log": "DEBUG"}
    unit = UnitLog(log, "a/0", tmp_path / "unit.log", lambda module: levels.get(module, "INFO"))
    unit("unit.a/0.juju-log", "DEBUG", "kept")
    unit("juju.worker", "DEBUG", "dropped")
    assert [(e["entity"], e["message"]) for e in log.read()] == [("unit-a-0", "kept")]
    assert (tmp_path / "unit.log").read_text().endswith("DEBUG unit.a/0.juju-log kept\n")


def test_a_torn_last_line_is_not_read(log: ModelLog) -> None:
    log.append("unit-a-0", "INFO", "juju", "whole")
    with log.path.open("a") as file:
        file.write('{"message": "to')
    assert [e["message"] for e in log.read()] == ["whole"]
