# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The records of a batch, and which of them a consumer sees."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dataops.backup.batches import Batch, CorruptError
from dataops.backup.codecs import expand

# A marker's key: version, and how the transaction ended.
_MARKER = struct.Struct(">hh")
_ABORT, _COMMIT = 0, 1
# Offset, timestamp, and the length of what follows.
FIXED = struct.Struct(">qqi")
Headers = tuple[tuple[bytes, "bytes | None"], ...]


class Record(NamedTuple):
    """One record.

    Attributes:
        timestamp: ms since 1970.
        value: None is a tombstone.
        headers: in their order; the same name may come twice.
    """

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Frame(NamedTuple):
    """One record with what follows its offset still coded: key, value and headers.

    Attributes:
        rest: see `content.Digest`.
    """

    offset: int
    timestamp: int
    rest: bytes


def frames(batch: Batch) -> Iterator[Frame]:
    """The records of a batch, cheaply.

    Raises:
        CorruptError: it holds other bytes than its count of records.
    """
    try:
        body = expand(batch.codec, batch.body)
        end = 0
        for _ in range(batch.records):
            size, at = varint(body, end)
            end = at + size
            if size < 0 or end > len(body):
                raise ValueError("a record is cut short")
            stamp, at = varint(body, at + 1)
            delta, at = varint(body, at)
            time = batch.max_timestamp if batch.log_append_time else batch.base_timestamp + stamp
            yield Frame(batch.base + delta, time, body[at:end])
        if end != len(body):
            raise ValueError(f"{len(body) - end} bytes follow its last record")
    except (ValueError, IndexError) as error:
        raise CorruptError(batch.position, batch.base, str(error)) from None


def packed(batch: Batch, start: int = 0) -> list[bytes]:
    """The records of a batch as `content.Digest` takes them; nothing else is as fast.

    Every record is two elements: offset, timestamp and length of the rest, and then the rest.

    Args:
        batch: which.
        start: the first offset that counts.

    Raises:
        CorruptError: as `frames`.
    """
    # What `frames` does, without a call for each number: most have one byte.
    try:
        body = expand(batch.codec, batch.body)
        made: list[bytes] = []
        add, pack, size_of_body = made.append, FIXED.pack, len(body)
        base, first, newest = batch.base, batch.base_timestamp, batch.max_timestamp
        appended, end = batch.log_append_time, 0
        for _ in range(batch.records):
            size, at = varint(body, end)
            end = at + size
            if size < 0 or end > size_of_body:
                raise ValueError("a record is cut short")
            stamp, delta = body[at + 1], body[at + 2]
            if stamp < 0x80 and delta < 0x80:
                stamp, delta = (stamp >> 1) ^ -(stamp & 1), (delta >> 1) ^ -(delta & 1)
                at += 3
            else:
                stamp, at = varint(body, at + 1)
                delta, at = varint(body, at)
            if base + delta >= start:
                add(pack(base + delta, newest if appended else first + stamp, end - at))
                add(body[at:end])
        if end != size_of_body:
            raise ValueError(f"{size_of_body - end} bytes follow its last record")
    except (ValueError, IndexError, struct.error) as error:
        raise CorruptError(batch.position, batch.base, str(error)) from None
    return made


def records(batch: Batch) -> Iterator[Record]:
    """The records of a batch; those of a control batch are markers, and no client's.

    Raises:
        CorruptError: as `frames`.
    """
    for offset, time, rest in frames(batch):
        try:
            key, at = _bytes(rest, 0)
            value, at = _bytes(rest, at)
            count, at = varint(rest, at)
            found: list[tuple[bytes, bytes | None]] = []
            for _ in range(count):
                name, at = _bytes(rest, at)
                content, at = _bytes(rest, at)
                found.append((name or b"", content))
        except (ValueError, IndexError) as error:
            raise CorruptError(batch.position, batch.base, f"record {offset}: {error}") from None
        yield Record(offset, time, key, value, tuple(found))


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A zigzag number of up to 64 bits, and the position behind it.

    Raises:
        IndexError: the data ends before the number does.
        ValueError: it has more than 64 bits.
    """
    byte = data[at]
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at + 1
    at += 1
    value, byte = byte & 0x7F, data[at]
    if byte < 0x80:
        value |= byte << 7
        return (value >> 1) ^ -(value & 1), at + 1
    value, shift = value | (byte & 0x7F) << 7, 14
    while True:
        at += 1
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at + 1
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def put_varint(value: int) -> bytes:
    """A number of up to 64 bits, zigzag, in as few bytes as it takes."""
    left = (value << 1) ^ (value >> 63)
    coded = bytearray()
    while left > 0x7F:
        coded.append(left & 0x7F | 0x80)
        left >>= 7
    coded.append(left)
    return bytes(coded)


def _bytes(data: bytes, at: int) -> tuple[bytes | None, int]:
    size, at = varint(data, at)
    if size < 0:
        return None, at
    if at + size > len(data):
        raise ValueError("a field is cut short")
    return data[at : at + size], at + size


class Transactions(NamedTuple):
    """How the transactions of a log ended.

    Attributes:
        aborted: base offsets of batches that a consumer of committed records never sees.
        open: base offsets of batches whose transaction had not ended.
    """

    aborted: frozenset[int]
    open: frozenset[int]


def transactions(log: Iterable[Batch]) -> Transactions:
    """How the transactions of a log ended, from its batches in order."""
    waiting: dict[int, list[int]] = {}
    aborted: set[int] = set()
    for batch in log:
        if batch.control:
            batches = waiting.pop(batch.producer, [])
            if any(_outcome(record) == _ABORT for record in records(batch)):
                aborted.update(batches)
        elif batch.transactional:
            waiting.setdefault(batch.producer, []).append(batch.base)
    left = (base for bases in waiting.values() for base in bases)
    return Transactions(frozenset(aborted), frozenset(left))


def _outcome(marker: Record) -> int:
    key = marker.key or b""
    return _MARKER.unpack_from(key)[1] if len(key) >= _MARKER.size else _COMMIT


def visible(log: Iterable[Batch], ended: Transactions | None = None) -> Iterator[Record]:
    """What a consumer sees.

    Args:
        log: batches in order.
        ended: with it, what a consumer of committed records sees.
    """
    hidden = ended.aborted | ended.open if ended else frozenset[int]()
    for batch in log:
        if not batch.control and batch.base not in hidden:
            yield from records(batch)
