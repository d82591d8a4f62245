# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a broker keeps beside a log, made without one. An integration test asks a broker, too."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from google_crc32c import value as crc32c
from hypothesis import given
from hypothesis import strategies as st

from dataops.backup.batches import batches
from dataops.backup.restoration._indexes import INTERVAL, Indexes
from dataops.testing import logs

BASE = 500


def batch(
    offset: int, size: int = 10, stamp: int = 1000, epoch: int = 0, producer: int = -1
) -> bytes:
    records = [logs.record(offset, bytes(size), timestamp=stamp)]
    return logs.batch(records, leader_epoch=epoch, producer=producer)


def indexed(directory: Path, *pieces: bytes, base: int = BASE, end: int = 600) -> Path:
    directory.mkdir(exist_ok=True)
    made = Indexes(directory)
    made.begin(base)
    for piece in pieces:
        made.see(piece)
    made.end()
    made.finish(end)
    return directory


def entries(path: Path, kind: str) -> list[tuple[int, ...]]:
    return list(struct.iter_unpack(kind, path.read_bytes()))


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(-1, 50)), max_size=30), st.data())
def test_every_offset_and_time_is_found(
    tmp_path_factory: pytest.TempPathFactory, several: list[tuple[int, int]], data: st.DataObject
) -> None:
    """As a broker looks them up: the last entry that is not beyond, and on from there."""
    made = [batch(BASE + n, size, stamp) for n, (size, stamp) in enumerate(several)]
    cut = data.draw(st.integers(0, len(made)))
    place = tmp_path_factory.mktemp("log")
    indexed(place, b"".join(made[:cut]), b"".join(made[cut:]))
    log = list(batches(b"".join(made)))
    starts = {one.position: one for one in log}

    offsets = entries(place / f"{BASE:020}.index", ">ii")
    assert offsets == sorted(offsets)
    for offset, position in offsets:
        assert starts[position].last == BASE + offset
    # Nobody reads far from an entry on.
    stops = [0, *(position for _, position in offsets)]
    for one in log:
        before = max(stop for stop in stops if stop <= one.position)
        assert one.position - before <= INTERVAL

    times = entries(place / f"{BASE:020}.timeindex", ">qi")
    assert times == sorted(times) and len(dict(times)) == len(times)
    for stamp, offset in times:
        assert stamp == max(one.max_timestamp for one in log if one.last <= BASE + offset)
        assert log[offset].max_timestamp == stamp
    newest = max((one.max_timestamp for one in log), default=-1)
    assert [stamp for stamp, _ in times[-1:]] == ([newest] if newest >= 0 else [])


def test_epochs_and_producers(tmp_path: Path) -> None:
    pieces = batch(500, epoch=2, producer=7), batch(501, epoch=2), batch(502, epoch=5, producer=8)
    last = batch(510, epoch=5, stamp=2000, producer=7)
    place = indexed(tmp_path, *pieces, last)
    epochs = (place / "leader-epoch-checkpoint").read_text()
    assert epochs == "0\n2\n2 500\n5 502\n"
    content = (place / f"{600:020}.snapshot").read_bytes()
    version, checksum, count = struct.unpack_from(">hIi", content)
    assert (version, checksum, count) == (1, crc32c(content[6:]), 2)
    found = {one[0]: one[1:] for one in struct.iter_unpack(">qhiqiqiq", content[10:])}
    assert found == {
        7: (0, 510, 510, 0, 2000, -1, -1),
        8: (0, 502, 502, 0, 1000, -1, -1),
    }


def test_numbers_of_a_producer_begin_again_after_the_highest(tmp_path: Path) -> None:
    highest = 2**31 - 1
    several = [logs.record(highest - 1 + n) for n in range(4)]
    made = logs.batch(several, producer=3)
    place = indexed(tmp_path, made, base=highest - 1, end=highest + 3)
    content = (place / f"{highest + 3:020}.snapshot").read_bytes()
    ((_, _, sequence, last, before, *_),) = struct.iter_unpack(">qhiqiqiq", content[10:])
    assert (sequence, last, before) == (1, highest + 2, 3)


@pytest.mark.parametrize(
    "odd",
    [
        logs.batch([logs.record(520)], producer=1, transactional=True),
        logs.marker(520, 1, commit=False),
        batch(BASE + 2**31),
    ],
)
def test_what_only_a_broker_makes_is_left_to_it(odd: bytes, tmp_path: Path) -> None:
    made = Indexes(tmp_path)
    for base, piece in ((400, batch(400)), (BASE, batch(BASE) + odd), (520, batch(520))):
        made.begin(base)
        made.see(piece)
        made.end()
    made.finish(600)
    assert list(tmp_path.iterdir()) == []
