# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The files of the metadata log: snapshots and segments as they are read, snapshots as written."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast

import google_crc32c

from dataops.backup.metadata._codec import MetadataError, Record, decode, encode

DIRECTORY = "__cluster_metadata-0"

# base offset, length, leader epoch, magic, CRC; then what the CRC covers: attributes, last offset
# delta, base and max timestamp, producer id and epoch, base sequence, number of records.
_OUTER = struct.Struct(">qiibI")
_INNER = struct.Struct(">hiqqqhii")
_HEAD = _OUTER.size + _INNER.size
# Of `length`, which counts what follows itself.
_UNCOUNTED = 12
_CONTROL = 0x20
_CODEC = 0x07
_HEADER, _FOOTER = 3, 4
_BATCH_BYTES = 1 << 20
# The package says nothing of its types.
_crc32c = cast("Callable[[bytes], int]", google_crc32c.value)  # pyright: ignore
_CHECKPOINT = re.compile(r"(\d{20})-(\d{10})\.checkpoint")


def read_log(directory: Path, until: int | None = None) -> Iterator[Record]:
    """Every record since the newest usable snapshot, that snapshot's first.

    Args:
        directory: of the metadata partition: snapshots and segments, or hard links to them.
        until: the first offset that is left out, such as the high watermark; None reads all.

    Raises:
        MetadataError: a file is damaged, or segments after the snapshot are missing.
    """
    snapshot = _newest(directory, until)
    at = 0
    if snapshot is not None:
        path, at = snapshot
        for _, one in read_file(path):
            yield one
    for path in _segments(directory, at):
        for offset, one in read_file(path, partial=True):
            if until is not None and offset >= until:
                return
            if offset >= at:
                yield one


def read_file(path: Path, *, partial: bool = False) -> Iterator[tuple[int, Record]]:
    """The records of a snapshot or segment, with their offsets; control records are left out.

    Args:
        path: the file.
        partial: whether its end may be unfinished, as that of a log that is being written.

    Raises:
        MetadataError: a batch is damaged, or the file ends within one.
    """
    data = path.read_bytes()
    at = 0
    while at < len(data):
        size = _batch_size(data, at)
        if at + size > len(data) or size < _HEAD:
            # Preallocated zeros at the end of a segment read as a batch of no length.
            if partial:
                return
            raise MetadataError(f"{path} ends within a batch, at byte {at}")
        try:
            yield from _batch(data[at : at + size])
        except MetadataError as error:
            raise MetadataError(f"{path}, byte {at}: {error}") from None
        at += size


def write_checkpoint(records: Iterable[Record], timestamp: int) -> bytes:
    """The records as the content of a snapshot, such as `bootstrap.checkpoint`.

    Args:
        records: in the order in which they are applied.
        timestamp: milliseconds since 1970.
    """
    key = struct.Struct(">hh")
    header = b"\x00\x00" + struct.pack(">q", 0) + b"\x00"
    batches = [_built(0, timestamp, [(key.pack(0, _HEADER), header)], control=True)]
    offset = 1
    for values in _chunks(encode(one) for one in records):
        batches.append(_built(offset, timestamp, [(None, value) for value in values]))
        offset += len(values)
    footer = [(key.pack(0, _FOOTER), b"\x00\x00\x00")]
    return b"".join([*batches, _built(offset, timestamp, footer, control=True)])


def _chunks(values: Iterable[bytes]) -> Iterator[list[bytes]]:
    chunk, size = list[bytes](), 0
    for value in values:
        if chunk and size + len(value) > _BATCH_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(value)
        size += len(value)
    if chunk:
        yield chunk


def _newest(directory: Path, until: int | None) -> tuple[Path, int] | None:
    """The snapshot with the highest end that is not beyond the limit, and that end."""
    ends = [
        (int(match[1]), path)
        for path in directory.glob("*.checkpoint")
        if (match := _CHECKPOINT.fullmatch(path.name))
    ]
    usable = [(end, path) for end, path in ends if until is None or end <= until]
    if not usable:
        return None
    end, path = max(usable)
    return path, end


def _segments(directory: Path, since: int) -> list[Path]:
    """The segments that hold what comes after an offset, in order."""
    bases = sorted((int(path.stem), path) for path in directory.glob("*.log"))
    if bases and bases[0][0] > since:
        raise MetadataError(
            f"the metadata between offset {since} and {bases[0][0]} is missing in {directory}"
        )
    first = max((base for base, _ in bases if base <= since), default=since)
    return [path for base, path in bases if base >= first]


def _batch_size(data: bytes, at: int) -> int:
    if at + _UNCOUNTED > len(data):
        return len(data) + 1
    return _UNCOUNTED + int.from_bytes(data[at + 8 : at + _UNCOUNTED], "big", signed=True)


def _batch(data: bytes) -> Iterator[tuple[int, Record]]:
    base, _, _, magic, crc = _OUTER.unpack_from(data)
    if magic != 2:
        raise MetadataError(f"a batch has format {magic}: only 2 is known")
    if _crc32c(data[_OUTER.size :]) != crc:
        raise MetadataError("a batch does not agree with its checksum")
    attributes, *_, count = _INNER.unpack_from(data, _OUTER.size)
    if attributes & _CONTROL:
        return
    if attributes & _CODEC:
        raise MetadataError("a batch is compressed, which Kafka never does to its metadata")
    at = _HEAD
    for _ in range(count):
        size, at = _signed(data, at)
        yield _one(data, base, at)
        at += size


def _one(data: bytes, base: int, at: int) -> tuple[int, Record]:
    """One record of a batch, from behind its length: attributes, deltas, no key, the value."""
    _, at = _signed(data, at + 1)
    delta, at = _signed(data, at)
    key, at = _signed(data, at)
    size, at = _signed(data, at + max(key, 0))
    return base + delta, decode(data[at : at + size])


def _built(
    base: int,
    timestamp: int,
    records: Sequence[tuple[bytes | None, bytes]],
    *,
    control: bool = False,
) -> bytes:
    body = b"".join(_framed(index, key, value) for index, (key, value) in enumerate(records))
    inner = _INNER.pack(
        _CONTROL if control else 0,
        len(records) - 1,
        timestamp,
        timestamp,
        -1,
        -1,
        -1,
        len(records),
    )
    covered = inner + body
    length = _OUTER.size - _UNCOUNTED + len(covered)
    return _OUTER.pack(base, length, 0, 2, _crc32c(covered)) + covered


def _framed(index: int, key: bytes | None, value: bytes) -> bytes:
    parts = [b"\x00", _zigzag(0), _zigzag(index)]
    parts += [_zigzag(-1)] if key is None else [_zigzag(len(key)), key]
    parts += [_zigzag(len(value)), value, _zigzag(0)]
    body = b"".join(parts)
    return _zigzag(len(body)) + body


def _signed(data: bytes, at: int) -> tuple[int, int]:
    """A signed number of variable length, and where it ends."""
    number = shift = 0
    while True:
        try:
            byte = data[at]
        except IndexError:
            raise MetadataError("a batch ends within a record") from None
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1), at
        shift += 7


def _zigzag(number: int) -> bytes:
    rest = (number << 1) ^ (number >> 63)
    out = bytearray()
    while rest >= 0x80:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)
