# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Transactions that a backup caught half-way: who has one open, and what ends it.

The coordinator of the new cluster knows nothing of them; nobody would ever end them, and clients
that read only what is committed would wait before them for ever.
"""

from __future__ import annotations

import struct

from dataops.backup.batches import Batch

_HEAD = struct.Struct(">qiibI")
_REST = struct.Struct(">hiqqqhii")
_TRANSACTIONAL_CONTROL = 0x30


class Transactions:
    """What is open after the batches seen so far."""

    def __init__(self) -> None:
        self._open: dict[int, Batch] = {}
        self._last: Batch | None = None

    def see(self, batch: Batch) -> None:
        """Follow one batch; they come in order of offsets."""
        self._last = batch
        if not batch.transactional:
            return
        if batch.control:
            self._open.pop(batch.producer, None)
        else:
            self._open[batch.producer] = batch

    def endings(self, offset: int) -> list[bytes]:
        """One batch for each open transaction, which aborts it; the first has this offset."""
        last = self._last
        if last is None:
            return []
        several = sorted(self._open.values(), key=lambda one: one.base)
        return [_abort(offset + step, one, last) for step, one in enumerate(several)]


def _abort(offset: int, batch: Batch, last: Batch) -> bytes:
    """The marker that aborts the transaction of a batch."""
    from google_crc32c import value as crc32c  # pyright: ignore

    # Key: version 0, kind 0 (abort). Value: version 0, epoch 0 of a coordinator.
    key, value = bytes(4), bytes(6)
    record = b"\x00\x00\x00" + _small(len(key)) + key + _small(len(value)) + value + b"\x00"
    body = _small(len(record)) + record
    # Its time is that of what comes before it, so that retention sees no difference.
    stamp = last.max_timestamp
    rest = _REST.pack(
        _TRANSACTIONAL_CONTROL, 0, stamp, stamp, batch.producer, batch.producer_epoch, -1, 1
    )
    crc = int(crc32c(rest + body))  # pyright: ignore
    return _HEAD.pack(offset, 9 + len(rest) + len(body), last.leader_epoch, 2, crc) + rest + body


def _small(number: int) -> bytes:
    """A number below 64 as Kafka writes signed ones."""
    return bytes([number << 1])
