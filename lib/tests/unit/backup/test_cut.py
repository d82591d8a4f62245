# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import os
from pathlib import Path

import pytest

from dataops.backup import cut as module
from dataops.backup.cut import CutError, GoneError, cut, read
from dataops.backup.manifest import Epoch
from dataops.testing.logs import write_partition


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_partition(tmp_path / "orders-0", {0: b"old", 7: b"new"}, "0\n2\n0 0\n3 5\n")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "links" / "orders-0"


def test_links_keep_what_kafka_deletes_and_copy_nothing(source: Path, target: Path) -> None:
    made = cut(source, target)
    assert [(one.base, one.closed) for one in made.files] == [(0, True), (7, False)]
    assert made.files[0].path.samefile(source / "00000000000000000000.log")
    (source / "00000000000000000000.log").unlink()
    assert made.files[0].path.read_bytes() == b"old"
    assert made.epochs == (Epoch(epoch=0, start=0), Epoch(epoch=3, start=5))
    assert made.topic_id == "A" * 22


def test_indexes_are_left_behind(source: Path, target: Path) -> None:
    cut(source, target)
    assert not [one for one in os.listdir(target) if "index" in one]


def test_an_interrupted_cut_is_found_again(source: Path, target: Path) -> None:
    made = cut(source, target)
    assert read(target) == made


def test_a_topic_that_is_gone_is_named(tmp_path: Path, target: Path) -> None:
    with pytest.raises(GoneError, match="orders-0 is not there"):
        cut(tmp_path / "orders-0", target)


def test_files_that_the_cleaner_replaces_are_waited_for(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = source / "00000000000000000000.log.swap"
    swap.write_bytes(b"compacted")
    waits: list[float] = []

    def replaced(seconds: float) -> None:
        waits.append(seconds)
        swap.replace(source / "00000000000000000000.log")

    monkeypatch.setattr(module.time, "sleep", replaced)
    assert cut(source, target).files[0].path.read_bytes() == b"compacted"
    assert len(waits) == 1


def test_a_file_that_is_replaced_while_links_are_made_is_linked_anew(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, replaced = os.link, list[str]()

    def slow(old: Path, new: Path) -> None:
        link(old, new)
        if not replaced and new.name.startswith("00000000000000000000"):
            # The cleaner merges both files into one behind our back.
            replaced.append(old.name)
            (source / "merged").write_bytes(b"both")
            (source / "merged").replace(source / "00000000000000000000.log")
            (source / "00000000000000000007.log").unlink()

    monkeypatch.setattr(os, "link", slow)
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    made = cut(source, target)
    assert [one.path.read_bytes() for one in made.files] == [b"both"]


def test_a_log_that_went_on_is_no_reason_to_start_again(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def rolled(old: Path, new: Path) -> None:
        link(old, new)
        (source / "00000000000000000009.log").write_bytes(b"newer")

    monkeypatch.setattr(os, "link", rolled)
    assert [one.base for one in cut(source, target).files] == [0, 7]


def test_files_that_never_rest_are_given_up(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "00000000000000000000.log.swap").write_bytes(b"")
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    with pytest.raises(CutError, match="changed all the time"):
        cut(source, target)
