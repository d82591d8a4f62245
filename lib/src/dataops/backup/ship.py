# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Bytes on their way into the store: hashed, compressed where it pays, sealed, sent once ever."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import NamedTuple, TypeAlias

from dataops.backup.manifest import Piece
from dataops.backup.reading import Buffers, Loaded
from dataops.backup.sealed import Key
from dataops.backup.shelf import SEGMENTS, Shelf
from dataops.objectstore import Pace, StoreError

# Pieces on their way at once; with the ones read ahead and both forms of each, about 100 MB.
_AT_ONCE = 3
_AHEAD = 1
# Of small ones the store's answer takes longer than anything else.
_SMALL_AT_ONCE = 12
# What the beginning of a piece becomes tells whether to compress the rest.
_SAMPLE = 128 << 10
_PAYS = 0.9
# Level 1: compressing never takes longer than sending what it saves, on any network of today.
_LEVEL = 1

Digester: TypeAlias = Callable[[memoryview], str]


class Shipped(NamedTuple):
    """A piece.

    Attributes:
        new: how many bytes had to be sent for it.
        digest: what the caller wanted to be made of its bytes.
    """

    piece: Piece
    new: int
    digest: str = ""


class Shipper:
    """Sends pieces in threads of its own; a context manager.

    Args:
        shelf: where to.
        key: seals what is sealed.
        compress: whether to try.
        pace: how many plain bytes a second may be read for it.
    """

    def __init__(
        self, shelf: Shelf, *, key: Key, compress: bool = True, pace: Pace | None = None
    ) -> None:
        self._shelf = shelf
        self._key = key
        self._compress = compress
        self._pace = pace
        self.buffers = Buffers(_AT_ONCE + _AHEAD, _SMALL_AT_ONCE)
        self._threads = ThreadPoolExecutor(_AT_ONCE + _SMALL_AT_ONCE, thread_name_prefix="ship")
        self._lock = threading.Lock()
        self._there = {one.key: one.size for one in shelf.list(SEGMENTS)}
        self._failed: BaseException | None = None

    def __enter__(self) -> Shipper:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        # What was sent counts, even if it was not all; the first error is the one to tell.
        with contextlib.suppress(*((StoreError,) if error else ())):
            self._shelf.store.settle()

    def has(self, piece: Piece, *, sealed: bool) -> bool:
        """Whether the store has that piece, in the form that is wanted now."""
        with self._lock:
            there = self._there.get(piece.object_key) == piece.stored
        return there and piece.key == self._seal(sealed)

    def send(
        self,
        loaded: Loaded,
        *,
        sealed: bool,
        digest: Digester | None = None,
    ) -> Future[Shipped]:
        """Send some bytes; their memory, one of `buffers`, is free once they have arrived.

        Args:
            loaded: the bytes.
            sealed: whether they are.
            digest: what else to make of them while they are at hand.

        Raises:
            Exception: what went wrong with an earlier piece.
        """
        if self._pace:
            self._pace.take(len(loaded.data))
        if self._failed is not None:
            loaded.free()
            raise self._failed
        return self._threads.submit(self._work, loaded, sealed, digest)

    def _work(self, loaded: Loaded, sealed: bool, digest: Digester | None) -> Shipped:
        try:
            shipped = self._ship(loaded.data, sealed)
            return shipped._replace(digest=digest(loaded.data)) if digest else shipped
        except BaseException as error:
            self._failed = self._failed or error
            raise
        finally:
            loaded.free()

    def _ship(self, data: memoryview, sealed: bool) -> Shipped:
        digest, key = hashlib.sha256(data).hexdigest(), self._seal(sealed)
        for piece in self._forms(digest, len(data), key):
            return Shipped(piece, 0)
        coded = compressed(data) if self._compress else None
        body: bytes | memoryview = data if coded is None else coded
        if key:
            body = self._key.seal(body, digest)
        piece = Piece(
            sha256=digest,
            bytes=len(data),
            stored=len(body),
            zstd=coded is not None,
            key=key,
        )
        self._shelf.put(piece.object_key, body, settled=False)
        with self._lock:
            self._there[piece.object_key] = piece.stored
        return Shipped(piece, piece.stored)

    def _forms(self, digest: str, size: int, key: str | None) -> Iterator[Piece]:
        """The forms in which the store has it already."""
        for zstd in (True, False):
            piece = Piece(sha256=digest, bytes=size, stored=0, zstd=zstd, key=key)
            with self._lock:
                stored = self._there.get(piece.object_key)
            # What was cut short is sent again; of compressed ones only reading tells.
            if stored and (zstd or key or stored == size):
                yield piece.model_copy(update={"stored": stored})

    def _seal(self, sealed: bool) -> str | None:
        return self._key.id if sealed else None


def compressed(data: bytes | memoryview) -> bytes | None:
    """The data in fewer bytes; None where a sample says that it does not pay."""
    import zstandard

    sample = data[:_SAMPLE]
    coder = zstandard.ZstdCompressor(level=_LEVEL)
    if len(coder.compress(sample)) > _PAYS * len(sample):
        return None
    coded = coder.compress(data)
    return coded if len(coded) < _PAYS * len(data) else None
