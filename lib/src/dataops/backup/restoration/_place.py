# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts one partition of a backup where a broker finds it, and looks at what lies there."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path

from dataops.backup import content
from dataops.backup.batches import Batch, CorruptError, Survey, batches, last_batch, survey
from dataops.backup.manifest import Partition, Piece, Segment
from dataops.backup.restoration._indexes import Indexes
from dataops.backup.restoration._plan import RestoreError
from dataops.backup.restoration._transactions import Transactions
from dataops.host.files import ensure_contents, write_all

# What a broker writes when it ends in order: version, and the epoch of its registration.
_IN_ORDER = '{"version":0,"brokerEpoch":-1}'

# The plain bytes of a piece, checked against its hash.
Reader = Callable[[Piece], bytes]


@dataclasses.dataclass(frozen=True)
class Placed:
    """One partition as it was placed.

    Attributes:
        topic, index: which.
        start: the first offset that clients may read.
        end: the offset after the last one of the backup that was placed.
        bytes: of the backup.
        content: the rolling hash of what was placed: that of the manifest, unless it was cut.
        cut: whether a batch was left out because it is later than wanted.
        aborted: how many open transactions were ended, by one batch each after `end`.
    """

    topic: str
    index: int
    start: int
    end: int
    bytes: int
    content: str
    cut: bool = False
    aborted: int = 0


def place(
    partition: Partition,
    topic_id: str,
    read: Reader,
    directory: Path,
    workshop: Path,
    to_time: int | None = None,
    told: Callable[[int], None] = lambda size: None,
    indexed: bool = True,
) -> Placed:
    """The partition, now in a directory of its name below `directory`, where it appears whole.

    What an interrupted call left is continued: files that are whole are not read again from the
    store.

    Args:
        partition: from the manifest.
        topic_id: as Kafka prints it.
        read: gives the bytes of a piece.
        directory: where the broker will look.
        workshop: a directory of the same file system, for what is not whole yet.
        to_time: ms since 1970, see `Wish`.
        told: called with the number of bytes placed since it was called last.
        indexed: whether its indexes are made as well.

    Raises:
        RestoreError: what is in the store is not what the manifest says.
    """
    work = workshop / partition.name
    work.mkdir(parents=True, exist_ok=True)
    maker = _Maker(partition, read, work, to_time, told, indexed)
    placed = maker.make()
    ensure_contents(work / "partition.metadata", f"version: 0\ntopic_id: {topic_id}\n")
    final = directory / partition.name
    if final.exists():
        shutil.rmtree(final)
    work.rename(final)
    return placed


class _Maker:
    """The files of one partition."""

    def __init__(
        self,
        partition: Partition,
        read: Reader,
        work: Path,
        to_time: int | None,
        told: Callable[[int], None],
        indexed: bool,
    ) -> None:
        self._partition = partition
        self._read = read
        self._work = work
        self._to_time = to_time
        self._told = told
        self._transactions = Transactions()
        self._indexed = indexed
        self._indexes = Indexes(work, indexed)
        self._end = partition.segments[0].base if partition.segments else partition.log_start
        self._hash = content.EMPTY
        self._bytes = 0
        self._cut = False

    def make(self) -> Placed:
        """Every segment up to the cut, and the end of what was open."""
        partition = self._partition
        last: Path | None = None
        for segment in partition.segments:
            last = self._segment(segment)
            if self._cut:
                break
        if not self._cut:
            self._check()
        start = partition.log_start
        if self._end <= start or last is None:
            # Nothing is left to read: the log goes on where it stood.
            last = self._nothing(start)
            self._end = max(self._end, start)
        if not self._cut and self._end < partition.end:
            # Compaction took the last records away; the next one comes after them all the same.
            last, self._end = self._empty(partition.end), partition.end
        endings = self._transactions.endings(self._end) if self._end > start else []
        if endings:
            with last.open("ab") as file:
                file.write(b"".join(endings))
                _to_disk(file.fileno())
        self._indexes.finish(self._end)
        return Placed(
            partition.topic, partition.index, start, self._end, self._bytes, self._hash,
            self._cut, len(endings),
        )  # fmt: skip

    def _segment(self, segment: Segment) -> Path:
        path = self._work / f"{segment.base:020}.log"
        partial = path.with_suffix(".partial")
        kept = path if path.exists() and path.stat().st_size >= segment.bytes else None
        self._indexes.begin(segment.base)
        with partial.open("wb") as file:
            for piece, data in self._pieces(segment, kept):
                usable = self._until_cut(data)
                if usable < len(data):
                    data = data[:usable]
                    digest = hashlib.sha256(data).hexdigest()
                else:
                    # Whoever read it has compared it with its hash.
                    digest = piece.sha256
                write_all(file, data)
                self._indexes.see(data)
                self._hash = content.chain([digest], self._hash)
                self._bytes += usable
                self._told(usable)
                if self._cut:
                    break
            _to_disk(file.fileno())
        partial.replace(path)
        self._indexes.end()
        return path

    def _pieces(self, segment: Segment, kept: Path | None) -> Iterator[tuple[Piece, bytes]]:
        """Each piece with its bytes: from the file of an earlier attempt, else from the store."""
        at = 0
        for piece in segment.pieces:
            data = _slice(kept, at, piece.bytes) if kept else None
            if data is None or hashlib.sha256(data).hexdigest() != piece.sha256:
                data = self._read(piece)
            yield piece, data
            at += piece.bytes

    def _until_cut(self, data: bytes) -> int:
        """How many bytes of whole batches are wanted."""
        whole = _whole(data, self._partition.name)
        if not whole.transactional and (
            self._to_time is None or whole.max_timestamp <= self._to_time
        ):
            # All of it, and of its batches only the last one matters.
            if whole.batches:
                self._transactions.see(last_batch(data, whole))
                self._end = whole.end
            return len(data)
        size = 0
        for batch, end in _walk(data, self._partition.name):
            if self._to_time is not None and batch.max_timestamp > self._to_time:
                self._cut = True
                return size
            self._transactions.see(batch)
            self._end, size = batch.last + 1, end
        return size

    def _check(self) -> None:
        partition = self._partition
        if self._hash != partition.content:
            raise RestoreError(
                f"{partition.name}: what was placed has hash {self._hash[:12]}, the manifest says "
                f"{partition.content[:12]}: verify the backup"
            )
        if self._end > partition.end:
            raise RestoreError(
                f"{partition.name} ends at offset {self._end}, the manifest says {partition.end}: "
                "verify the backup"
            )

    def _nothing(self, start: int) -> Path:
        for path in self._work.glob("*.log"):
            path.unlink()
        self._indexes.leave()
        self._indexes = Indexes(self._work, self._indexed)
        return self._empty(start)

    def _empty(self, base: int) -> Path:
        path = self._work / f"{base:020}.log"
        path.touch()
        self._indexes.begin(base)
        self._indexes.end()
        return path


def content_on_disk(partition: Partition, directory: Path) -> str:
    """The rolling hash of what lies in a broker's directory, by the pieces of the manifest.

    Equal to `partition.content` when every byte of the backup is there.

    Args:
        partition: from the manifest.
        directory: the broker's, with the partition's directory below.
    """
    hashes: list[str] = []
    for segment in partition.segments:
        path, at = directory / partition.name / f"{segment.base:020}.log", 0
        for piece in segment.pieces:
            data = _slice(path, at, piece.bytes) if path.exists() else b""
            hashes.append(hashlib.sha256(data).hexdigest())
            at += piece.bytes
    return content.chain(hashes)


def checkpoint(placed: Iterable[Placed], directory: Path) -> None:
    """Tell the broker where each log begins for clients, where that is not its first batch.

    And that it has nothing to repair: every batch was checked, and all of it is on the disk.
    """
    starts = [one for one in placed if one.start]
    lines = [f"{one.topic} {one.index} {one.start}" for one in starts]
    text = "\n".join(["0", str(len(lines)), *lines]) + "\n"
    ensure_contents(directory / "log-start-offset-checkpoint", text)
    ensure_contents(directory / ".kafka_cleanshutdown", _IN_ORDER)


def _walk(data: bytes, name: str) -> Generator[tuple[Batch, int]]:
    """Every batch, with the byte after it."""
    try:
        found = list(batches(data))
    except CorruptError as error:
        raise RestoreError(f"{name}: {error}: verify the backup") from None
    ends = [batch.position for batch in found[1:]] + [len(data)]
    yield from zip(found, ends, strict=True)


def _whole(data: bytes, name: str) -> Survey:
    """What the batches are, each of them checked."""
    try:
        return survey(data)
    except CorruptError as error:
        raise RestoreError(f"{name}: {error}: verify the backup") from None


def _slice(path: Path, at: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(size)


def _to_disk(descriptor: int) -> None:
    os.fsync(descriptor)
