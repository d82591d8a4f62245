# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Log files as a broker writes them, for tests of backups."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from dataops.backup import _native
from dataops.backup.codecs import Codec
from dataops.backup.records import Record, put_varint

_HEADER = struct.Struct(">qiibI")
_COVERED = struct.Struct(">hiqqqhii")


def record(
    offset: int,
    value: bytes | None = b"value",
    key: bytes | None = None,
    timestamp: int = 1_700_000_000_000,
    headers: Iterable[tuple[bytes, bytes | None]] = (),
) -> Record:
    """A record; each has an offset of its own."""
    return Record(offset, timestamp, key, value, tuple(headers))


def batch(
    records: Sequence[Record],
    *,
    base: int | None = None,
    last: int | None = None,
    codec: Codec = Codec.NONE,
    leader_epoch: int = 0,
    producer: int = -1,
    transactional: bool = False,
    control: bool = False,
    appended: int | None = None,
) -> bytes:
    """A batch of magic 2.

    Args:
        records: in order; may be none, as compaction leaves it.
        base: its first offset, where that is not the first record's.
        last: its last offset, likewise.
        codec: how the records are compressed.
        leader_epoch: of the leader.
        producer: its id.
        transactional: whether it belongs to a transaction.
        control: whether it holds a marker.
        appended: ms since 1970 by the broker's clock, where the topic has LogAppendTime.
    """
    first = records[0] if records else record(base or 0)
    base = first.offset if base is None else base
    last = (records[-1].offset if records else base) if last is None else last
    stamps = [one.timestamp for one in records] or [first.timestamp]
    body = _compressed(codec, b"".join(_record(one, base, first.timestamp) for one in records))
    flags = codec | (8 if appended is not None else 0) | (16 * transactional) | (32 * control)
    newest = max(stamps) if appended is None else appended
    sequence = -1 if producer < 0 or control else base
    fixed = (flags, last - base, first.timestamp, newest, producer, 0 if producer >= 0 else -1)
    covered = _COVERED.pack(*fixed, sequence, len(records)) + body
    head = _HEADER.pack(base, 9 + len(covered), leader_epoch, 2, _native.crc32c()(covered))
    return head + covered


def marker(offset: int, producer: int, *, commit: bool) -> bytes:
    """The end of a transaction."""
    one = record(offset, struct.pack(">hi", 0, 0), struct.pack(">hh", 0, int(commit)))
    return batch([one], producer=producer, transactional=True, control=True)


def write_partition(directory: Path, segments: dict[int, bytes], epochs: str = "0\n0\n") -> Path:
    """A partition's directory with these log files by base offset, indexes and all."""
    directory.mkdir(parents=True, exist_ok=True)
    for base, data in segments.items():
        (directory / f"{base:020}.log").write_bytes(data)
        (directory / f"{base:020}.index").write_bytes(bytes(1024))
        (directory / f"{base:020}.timeindex").write_bytes(bytes(1024))
    (directory / "leader-epoch-checkpoint").write_text(epochs)
    (directory / "partition.metadata").write_text("version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA\n")
    return directory


def _record(one: Record, base: int, first: int) -> bytes:
    parts = [b"\0", put_varint(one.timestamp - first), put_varint(one.offset - base)]
    parts += [_field(one.key), _field(one.value), put_varint(len(one.headers))]
    parts += [_field(part) for header in one.headers for part in header]
    body = b"".join(parts)
    return put_varint(len(body)) + body


def _field(value: bytes | None) -> bytes:
    return put_varint(-1) if value is None else put_varint(len(value)) + value


def _compressed(codec: Codec, data: bytes) -> bytes:
    import zstandard

    if codec is Codec.GZIP:
        return gzip.compress(data)
    if codec is Codec.SNAPPY:
        return bytes(_native.snappy().compress_raw(data))
    if codec is Codec.LZ4:
        return bytes(_native.lz4().compress(data))
    if codec is Codec.ZSTD:
        return zstandard.ZstdCompressor().compress(data)
    return data
