# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a broker keeps beside a log, made from the batches while they are placed.

A broker takes them over from one that ended in order: offset and time indexes, leader epochs, and
the last batch of each producer. Without them it reads the whole log, each segment twice. They are
what Kafka's own `LogSegment.recover` makes; integration tests compare them byte by byte.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from dataops.backup import _native
from dataops.backup.batches import Head, heads

# Bytes of a log between two entries of its indexes: Kafka's own default.
INTERVAL = 4096
# Of an index, an offset counts from the first one of its segment, in 31 bits.
_FURTHEST = 2**31 - 1
_OFFSET, _TIME = struct.Struct(">ii"), struct.Struct(">qi")
# Producer, epoch, last sequence, last offset, offsets before it in its batch, time, epoch of its
# coordinator, first offset of its open transaction.
_PRODUCER = struct.Struct(">qhiqiqiq")
_SNAPSHOT = struct.Struct(">hI")
_TRANSACTION = 0x30


class Indexes:
    """Of one partition; nothing is made of one with transactions: its broker reads it itself.

    Args:
        directory: where the segments are written, in order.
        wanted: whether any are made.
    """

    def __init__(self, directory: Path, wanted: bool = True) -> None:
        self._directory = directory
        self._wanted = wanted
        self._segment = _Segment(0)
        self._epochs: list[tuple[int, int]] = []
        self._producers: dict[int, Head] = {}

    def begin(self, base: int) -> None:
        """A segment begins at this offset."""
        self._segment = _Segment(base)

    def see(self, data: bytes) -> None:
        """The next whole batches of the segment, which were checked."""
        if not self._wanted:
            return
        segment = self._segment
        for head in heads(data):
            if head.attributes & _TRANSACTION or head.last - segment.base > _FURTHEST:
                # Aborted transactions have an index of their own; a segment whose offsets are too
                # far apart is split. Both is the broker's to do.
                self.leave()
                return
            segment.add(head)
            if head.leader_epoch > (self._epochs[-1][0] if self._epochs else -1):
                self._epochs.append((head.leader_epoch, head.base))
            if head.producer >= 0:
                self._producers[head.producer] = head
        segment.size += len(data)

    def end(self) -> None:
        """The segment is whole."""
        if self._wanted:
            name, segment = f"{self._segment.base:020}", self._segment
            segment.note_newest()
            self._write(f"{name}.index", segment.offsets)
            self._write(f"{name}.timeindex", segment.times)

    def leave(self) -> None:
        """Everything is the broker's to make."""
        self._wanted = False
        for pattern in ("*.index", "*.timeindex"):
            for path in self._directory.glob(pattern):
                path.unlink()

    def finish(self, end: int) -> None:
        """The log is whole, and ends before this offset."""
        if not self._wanted:
            return
        if self._epochs:
            epochs = [f"{epoch} {start}\n" for epoch, start in self._epochs]
            text = f"0\n{len(epochs)}\n{''.join(epochs)}"
            self._write("leader-epoch-checkpoint", text.encode())
        if self._producers:
            self._write(f"{end:020}.snapshot", _snapshot(self._producers))

    def _write(self, name: str, content: bytes | bytearray) -> None:
        with (self._directory / name).open("wb") as file:
            if content:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())


class _Segment:
    """The indexes of one segment."""

    def __init__(self, base: int) -> None:
        self.base = base
        self.size = 0
        self.offsets = bytearray()
        self.times = bytearray()
        self._indexed = 0
        self._newest = self._noted = (-1, 0)

    def add(self, head: Head) -> None:
        """Go on with a batch."""
        position = self.size + head.position
        if head.max_timestamp > self._newest[0]:
            self._newest = (head.max_timestamp, head.last - self.base)
        if position - self._indexed > INTERVAL:
            self.offsets += _OFFSET.pack(head.last - self.base, position)
            self.note_newest()
            self._indexed = position

    def note_newest(self) -> None:
        """The latest time so far is in the index."""
        if self._newest[0] > self._noted[0]:
            self.times += _TIME.pack(*self._newest)
            self._noted = self._newest


def _snapshot(producers: dict[int, Head]) -> bytes:
    """The last batch of each producer: what it sends again is known by it."""
    entries = b"".join(
        _PRODUCER.pack(
            one.producer,
            one.producer_epoch,
            _last_sequence(one),
            one.last,
            one.last - one.base,
            one.max_timestamp,
            -1,
            -1,
        )
        for one in producers.values()
    )
    body = struct.pack(">i", len(producers)) + entries
    return _SNAPSHOT.pack(1, _native.crc32c()(body)) + body


def _last_sequence(head: Head) -> int:
    # Numbers go on with 0 after the highest one.
    return (
        (head.base_sequence + head.last - head.base) & _FURTHEST if head.base_sequence >= 0 else -1
    )
