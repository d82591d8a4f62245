# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is in a partition, as one hash.

`chain` over the hashes of pieces is over the bytes of whole batches, and so over every offset,
timestamp, key, value and header as Kafka coded them: equal hashes mean equal logs. It costs one
hash of what is read anyway. `Digest` is over the records themselves, so that a consumer, who never
sees batches, gets the same; `chain` over one for each piece goes on from backup to backup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from dataops.backup.batches import Batch, surveyed
from dataops.backup.records import FIXED, Record, packed, put_varint

# What the chain begins with, and the hash of a partition without records.
EMPTY = "0" * 64


def chain(hashes: Iterable[str], before: str = EMPTY) -> str:
    """The rolling hash of a partition: each link is SHA-256(link before, SHA-256 of a piece).

    Args:
        hashes: SHA-256 of each piece's plain bytes, or its records, in order of offsets, in hex.
        before: the link to go on from.

    Returns:
        The last link, in hex.
    """
    for piece in hashes:
        before = hashlib.sha256(bytes.fromhex(before + piece)).hexdigest()
    return before


class Digest:
    """A rolling SHA-256 over records themselves, however they are batched and compressed.

    Each record adds: its offset and timestamp (8 bytes each, big-endian, signed), and the length
    (4 bytes) of what follows; then key, value and headers as Kafka's record format codes them:
    the length of the key as a zigzag varint (-1 for none) and the key, the same of the value,
    then the number of headers, and for each its name and its value in the same way. Numbers take
    as few bytes as they can.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.records = 0

    def add(self, record: Record) -> None:
        """Go on with a record from anywhere: a consumer, for instance."""
        name = _field
        parts = [name(record.key), name(record.value), put_varint(len(record.headers))]
        parts += [name(part) for header in record.headers for part in header]
        rest = b"".join(parts)
        self._hash.update(FIXED.pack(record.offset, record.timestamp, len(rest)) + rest)
        self.records += 1

    def add_batch(self, batch: Batch, start: int = 0) -> None:
        """Go on with those records of a batch that a consumer may see; raises `CorruptError`.

        Args:
            batch: its markers of transactions are no records.
            start: the first offset that clients may read.
        """
        if batch.control:
            return
        coded = packed(batch, start)
        self._hash.update(b"".join(coded))
        self.records += len(coded) // 2

    def hexdigest(self) -> str:
        """The hash so far."""
        return self._hash.hexdigest()


def digest(data: bytes | memoryview, start: int = 0) -> str:
    """The hash of the records in whole batches that `survey` has looked at.

    Args:
        data: of a piece.
        start: see `Digest.add_batch`.

    Raises:
        CorruptError: a batch holds no records, though its CRC is right.
    """
    made = Digest()
    for batch in surveyed(data):
        made.add_batch(batch, start)
    return made.hexdigest()


def _field(value: bytes | None) -> bytes:
    return put_varint(-1) if value is None else put_varint(len(value)) + value
