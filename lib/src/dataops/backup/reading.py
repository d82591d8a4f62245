# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Files as the pieces that they are stored in."""

from __future__ import annotations

import functools
import io
import mmap
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from dataops.backup.batches import NO_LIMIT, Survey, needed, survey

# A piece is this large at most, unless a single batch is larger. Larger pieces cost memory,
# smaller ones objects: a terabyte is 65,000 of them.
PIECE = 16 << 20
SMALL = 1 << 20
# Memory that costs nothing before it is used, unlike a bytearray, which is filled with zeros.
Room: TypeAlias = mmap.mmap


class Loaded:
    """Some bytes of a file, in memory that is given back.

    Args:
        data: the bytes.
        free: called once when they are not looked at any more.
    """

    def __init__(self, data: memoryview, free: Callable[[], None]) -> None:
        self.data = data
        self.free = free


class Buffers:
    """Memory for some pieces, used again and again: using it first costs as much as hashing it.

    Args:
        count: how many pieces there may be at once.
        small: how many small ones beside them, each in memory of its own.
    """

    def __init__(self, count: int, small: int) -> None:
        self._free: queue.SimpleQueue[Room | None] = queue.SimpleQueue()
        self._small = threading.Semaphore(small)
        for _ in range(count):
            self._free.put(None)

    def take(self) -> Room:
        """Room for a piece, once there is some."""
        return self._free.get() or mmap.mmap(-1, PIECE)

    def give(self, room: Room) -> None:
        """The room is free again. One that was made larger goes back to the system."""
        self._free.put(room if len(room) == PIECE else None)

    def load(self, room: Room, size: int) -> Loaded:
        """The first bytes of a room; it is free once they are."""
        data = memoryview(room)[:size]
        if size > SMALL:
            return Loaded(data.toreadonly(), functools.partial(self.give, room))
        # Many small ones wait for the store together, and keep no large ones from being read.
        own = memoryview(bytes(data))
        self.give(room)
        self._small.acquire()
        return Loaded(own, self._small.release)


def chunks(
    path: Path, position: int, after: int, limit: int, buffers: Buffers, most: int = NO_LIMIT
) -> Iterator[tuple[Loaded, Survey]]:
    """A log file in pieces of whole batches, each checked; whoever takes one frees it.

    Args:
        path: of the file.
        position: where to begin, in bytes.
        after: the least offset that may come.
        limit: the high watermark: the first offset that does not count.
        buffers: where the pieces are read to.
        most: each ends with the batch that makes it this many bytes, if not before.

    Raises:
        CorruptError: it holds what no broker wrote.
    """
    with path.open("rb", buffering=0) as file:
        # Its size is asked for again: it may grow, and nobody waits for memory at its end.
        while position < file.seek(0, 2):
            room = buffers.take()
            try:
                room, found = _chunk(file, room, position, after, limit, most)
            except BaseException:
                buffers.give(room)
                raise
            if not found.size:
                buffers.give(room)
                return
            yield buffers.load(room, found.size), found
            position, after = position + found.size, found.end


def _chunk(
    file: io.FileIO, room: Room, position: int, after: int, limit: int, most: int
) -> tuple[Room, Survey]:
    """The batches from a position on, about a piece of them, and the memory they are in."""
    while True:
        size = _read(file, room, position)
        view = memoryview(room)[:size]
        found = survey(view, limit=limit, most=most, at=position, after=after)
        wanted = needed(view)
        if found.size or size < len(room) or wanted <= len(room):
            return room, found
        # One batch that is larger than a piece; a damaged length asks for no more than there is.
        there = min(wanted, file.seek(0, 2) - position)
        if there <= size:
            return room, found
        room = mmap.mmap(-1, there)


def _read(file: io.FileIO, room: Room, position: int) -> int:
    """How many bytes from a position on there are, at most as many as there is room for."""
    file.seek(position)
    view, size = memoryview(room), 0
    while count := file.readinto(view[size:]):
        size += count
    return size


def blocks(path: Path, buffers: Buffers, most: int | None = None) -> Iterator[Loaded]:
    """A file in pieces, whatever it holds; whoever takes one frees it.

    Args:
        path: of the file.
        buffers: where the pieces are read to.
        most: how many bytes from its beginning on count.
    """
    with path.open("rb", buffering=0) as file:
        position = 0
        while most is None or position < most:
            room = buffers.take()
            size = _read(file, room, position)
            size = size if most is None else min(size, most - position)
            if not size:
                buffers.give(room)
                return
            position += size
            yield buffers.load(room, size)
