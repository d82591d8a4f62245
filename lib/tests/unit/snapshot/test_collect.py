# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import os
import threading
from pathlib import Path

import pytest
import zstandard

from dataops.snapshot.collect import Collection, Limits, newest, safe
from dataops.snapshot.redact import Redactor, Secret

HUSH = "hush-hush-hush"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "place"
    place.mkdir()
    return place


def collection(place: Path, **limits: float) -> Collection:
    redactor = Redactor([Secret("password", HUSH)])
    return Collection("kafka/0", place, redactor, Limits(**limits))  # type: ignore[arg-type]


def test_nothing_secret_is_ever_written(place: Path, tmp_path: Path) -> None:
    source = tmp_path / "server.log"
    source.write_text(f"2026-11-22T18:43:13Z INFO login {HUSH}\n")
    found = collection(place)
    found.log("logs/server.log", source)
    found.value("state.json", lambda: {"password": HUSH, "set": {2, 1}, "path": tmp_path})
    found.command("echo.txt", "echo", HUSH)
    found.text("bad.txt", lambda: (_ for _ in ()).throw(OSError(f"refused {HUSH}")))
    found.find("warning", "look", f"it said {HUSH}")
    written = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    assert HUSH.encode() not in written
    assert HUSH not in repr((found.pieces, found.gaps, found.findings))
    assert [piece.removed for piece in found.pieces] == [{"password": 1}] * 3
    assert [(log.unit, log.name) for log in found.logs] == [("kafka/0", "logs/server.log")]


def test_of_a_long_file_the_end_from_a_whole_line(place: Path, tmp_path: Path) -> None:
    source = tmp_path / "long.log"
    source.write_text("".join(f"line {n}\n" for n in range(10_000)))
    found = collection(place, piece_bytes=1000)
    assert found.file("long.log", source)
    lines = (place / "long.log").read_text().splitlines()
    assert lines[-1] == "line 9999"
    assert all(line.startswith("line ") for line in lines)
    assert len("".join(lines)) <= 1000
    assert found.pieces[0].cut


@pytest.mark.parametrize("torn", [0, 40])
def test_a_compressed_file_is_opened_though_it_may_still_be_written(
    place: Path, tmp_path: Path, torn: int
) -> None:
    source = tmp_path / "events.zstd"
    text = b"".join(b'{"event": %d}\n' % n for n in range(50_000))
    data = zstandard.ZstdCompressor().compress(text)
    source.write_bytes(data[: len(data) - torn])
    found = collection(place, piece_bytes=1 << 20)
    assert found.file("events.json", source) or torn
    if not torn:
        assert (place / "events.json").read_bytes() == text


def test_what_hangs_is_left_behind(place: Path) -> None:
    release = threading.Event()
    found = collection(place, piece_seconds=0.2)
    found.value("slow.json", lambda: release.wait(60))
    found.command("sleep.txt", "sleep", "60")
    release.set()
    # What was waited for to its end would be a piece and no gap.
    assert [gap.name for gap in found.gaps] == ["slow.json", "sleep.txt"]
    assert "no answer within" in found.gaps[0].reason


def test_a_unit_has_so_much_room_and_so_much_time(place: Path) -> None:
    now = [0.0]
    limits = Limits(unit_bytes=10, part_seconds=5)
    found = Collection("kafka/0", place, Redactor([]), limits, clock=lambda: now[0])
    assert found.text("a", lambda: "12345678")
    found.text("b", lambda: "12345678")
    now[0] = 6
    found.text("c", lambda: "1")
    assert [gap.name for gap in found.gaps] == ["b", "c"]
    assert [path.name for path in place.iterdir()] == ["a"]
    found.begin_part()
    assert found.text("d", lambda: "1")


def test_what_is_not_there_is_noted(place: Path, tmp_path: Path) -> None:
    found = collection(place)
    assert not found.file("a.log", tmp_path / "absent.log")
    os.mkfifo(tmp_path / "fifo")
    assert not found.file("fifo", tmp_path / "fifo")
    assert found.command("x.txt", "false") is None
    assert found.command("y.txt", "/no/such/program") is None
    assert ["absent.log" in found.gaps[0].reason, len(found.gaps)] == [True, 4]
    assert "no ordinary file" in found.gaps[1].reason


def test_the_newest_files_first_and_no_links(tmp_path: Path) -> None:
    for age, name in enumerate(("old", "new", "empty")):
        (tmp_path / name).write_text("" if name == "empty" else name)
        os.utime(tmp_path / name, (age, age))
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert [path.name for path in newest(tmp_path.glob("*"), 5)] == ["new", "old"]
    assert [path.name for path in newest(tmp_path.glob("*"), 1)] == ["new"]


def test_names_are_safe() -> None:
    assert safe("../../etc/passwd") == "etc-passwd"
    assert safe("a b:c") == "a-b-c"
    assert safe("..") == "unnamed"
