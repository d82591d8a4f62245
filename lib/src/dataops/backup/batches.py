# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Kafka's record batches (magic 2), as they lie one after the other in a log file.

`survey` checks whole batches as fast as Python can, without looking at their records; `heads` are
what each of them says of itself; `batches` takes them one by one, for `records`. The layout is in
Kafka's protocol guide, "Record Batch".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from dataops.backup import _native

# base offset, length, leader epoch, magic, CRC | attributes, last offset delta, base timestamp,
# max timestamp, producer id, producer epoch, base sequence, count
_HEADER = struct.Struct(">qiibIhiqqqhii")
HEADER_SIZE = _HEADER.size
# What the length does not count: base offset and the length itself.
_PREFIX = 12
# From here on the CRC covers the batch.
_COVERED = 21
_MAGIC = 2
_CODEC = 0x07
_LOG_APPEND_TIME = 0x08
_TRANSACTIONAL = 0x10
_CONTROL = 0x20
NO_LIMIT = 2**63 - 1


class CorruptError(Exception):
    """A log file holds what no broker wrote.

    Attributes:
        position: where the batch begins, in bytes.
        offset: what the batch says is its first offset.
    """

    def __init__(self, position: int, offset: int, why: str) -> None:
        super().__init__(f"batch at byte {position}, offset {offset}: {why}")
        self.position = position
        self.offset = offset
        self.why = why


class Survey(NamedTuple):
    """What some batches are, without their records.

    Attributes:
        size: bytes of whole batches.
        end: the offset after the last; -1 without batches.
        max_timestamp: ms since 1970; -1 without batches.
        batches: how many.
        last: where the last one begins, its base offset and its CRC: they tell it from any other.
        transactional: whether any of them belongs to a transaction.
    """

    size: int
    end: int
    max_timestamp: int
    batches: int
    last: tuple[int, int, int]
    transactional: bool


class Head(NamedTuple):
    """What a batch says of itself; the attributes are those of `Batch`."""

    position: int
    base: int
    last: int
    leader_epoch: int
    attributes: int
    max_timestamp: int
    producer: int
    producer_epoch: int
    base_sequence: int


class Batch(NamedTuple):
    """One batch, whose CRC is right.

    Attributes:
        position: where it begins in the file, in bytes.
        base, last: first and last offset; compaction may have taken these records away.
        leader_epoch: of the leader that wrote it.
        attributes: flags.
        base_timestamp, max_timestamp: ms since 1970.
        producer: its id; -1 without one.
        records: how many.
        body: the records, as stored.
    """

    position: int
    base: int
    last: int
    leader_epoch: int
    attributes: int
    base_timestamp: int
    max_timestamp: int
    producer: int
    producer_epoch: int
    base_sequence: int
    records: int
    body: bytes

    @property
    def codec(self) -> int:
        """How the records are compressed, see `codecs.Codec`."""
        return self.attributes & _CODEC

    @property
    def log_append_time(self) -> bool:
        """Whether every record has the time at which the broker took it."""
        return bool(self.attributes & _LOG_APPEND_TIME)

    @property
    def transactional(self) -> bool:
        """Whether it belongs to a transaction."""
        return bool(self.attributes & _TRANSACTIONAL)

    @property
    def control(self) -> bool:
        """Whether it holds a marker of Kafka's own, which no client sees."""
        return bool(self.attributes & _CONTROL)


def survey(
    data: bytes | memoryview,
    *,
    limit: int = NO_LIMIT,
    most: int = NO_LIMIT,
    at: int = 0,
    after: int = 0,
) -> Survey:
    """What the whole batches at the beginning of some bytes are; the CRC of each is checked.

    Args:
        data: part of a log file, from the beginning of a batch.
        limit: stop before the first batch that has this offset or a higher one: high watermark.
        most: stop with the batch that makes it this many bytes.
        at: where `data` begins in the file, for messages.
        after: the least offset that may come, for offsets only rise.

    Raises:
        CorruptError: a CRC is wrong, an offset falls, or it is no batch of magic 2.
    """
    crc32c = _native.crc32c()
    unpack, size, view = _HEADER.unpack_from, len(data), memoryview(data)
    position, newest, count, mark, flags = 0, -1, 0, (-1, -1, 0), 0
    while position < most and position + HEADER_SIZE <= size:
        base, length, _, magic, crc, marks, delta, _, stamp, *_ = unpack(data, position)
        if not length:
            # A file that was given its size in advance ends in zeros.
            break
        end = position + _PREFIX + length
        if magic != _MAGIC or end < position + HEADER_SIZE or delta < 0:
            raise CorruptError(at + position, base, f"it is no batch of magic {_MAGIC}")
        if end > size or base + delta >= limit:
            break
        # The library takes nothing but bytes: a batch is copied, which is small beside its hash.
        if crc32c(bytes(view[position + _COVERED : end])) != crc:
            raise CorruptError(at + position, base, "its CRC is wrong")
        if base < after:
            raise CorruptError(at + position, base, f"offset {after} was to come, or a later one")
        mark = (at + position, base, crc)
        after, position, count, flags = base + delta + 1, end, count + 1, flags | marks
        if stamp > newest:
            newest = stamp
    end = after if count else -1
    return Survey(position, end, newest, count, mark, bool(flags & _TRANSACTIONAL))


def needed(data: bytes | memoryview, position: int = 0) -> int:
    """How many bytes the batch at a position takes; those of a header, while that is not whole."""
    if len(data) < position + HEADER_SIZE:
        return HEADER_SIZE
    return _PREFIX + max(0, _HEADER.unpack_from(data, position)[1])


def survey_header(data: bytes) -> tuple[int, int] | None:
    """Base offset and CRC of the batch that begins here, unchecked; None without a header."""
    if len(data) < HEADER_SIZE:
        return None
    values = _HEADER.unpack_from(data)
    return values[0], values[4]


def last_batch(data: bytes, found: Survey, *, at: int = 0) -> Batch:
    """The last one of those that were surveyed; `at` as `survey` was told."""
    position = found.last[0] - at
    return _batch(data, position, found.size, at)


def batches(data: bytes, *, at: int = 0) -> Iterator[Batch]:
    """Every whole batch of some bytes, in order.

    Args:
        data: part of a log file, from the beginning of a batch.
        at: where it begins in the file.

    Raises:
        CorruptError: as `survey`.
    """
    position, after = 0, 0
    while True:
        one = data[position : position + needed(data, position)]
        found = survey(one, at=at + position, after=after)
        if not found.batches:
            return
        yield _batch(data, position, position + found.size, at)
        position, after = position + found.size, found.end


def heads(data: bytes | memoryview) -> Iterator[Head]:
    """Of every batch of whole ones that `survey` has looked at; positions are within the data."""
    unpack, size, position = _HEADER.unpack_from, len(data), 0
    while position < size:
        base, length, epoch, _, _, marks, delta, _, newest, producer, term, sequence, _ = unpack(
            data, position
        )
        yield Head(position, base, base + delta, epoch, marks, newest, producer, term, sequence)
        position += _PREFIX + length


def surveyed(data: bytes | memoryview, *, at: int = 0) -> Iterator[Batch]:
    """Every batch of whole ones that `survey` has looked at: nothing is checked again."""
    position, view = 0, memoryview(data)
    while position < len(view):
        end = position + needed(view, position)
        yield _batch(view, position, end, at)
        position = end


def _batch(data: bytes | memoryview, position: int, end: int, at: int) -> Batch:
    base, _, epoch, _, _, attributes, delta, first, newest, producer, term, sequence, count = (
        _HEADER.unpack_from(data, position)
    )
    return Batch(
        at + position,
        base,
        base + delta,
        epoch,
        attributes,
        first,
        newest,
        producer,
        term,
        sequence,
        count,
        bytes(data[position + HEADER_SIZE : end]),
    )
