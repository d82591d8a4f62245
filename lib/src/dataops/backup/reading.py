# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Files as the pieces that they are stored in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dataops.backup.batches import Survey, needed, survey

# A piece is this large at most, unless a single batch is larger. Larger pieces cost memory,
# smaller ones objects: a terabyte is 65,000 of them.
PIECE = 16 << 20


def chunks(path: Path, position: int, after: int, limit: int) -> Iterator[tuple[bytes, Survey]]:
    """A log file in pieces of whole batches, each checked.

    Args:
        path: of the file.
        position: where to begin, in bytes.
        after: the least offset that may come.
        limit: the high watermark: the first offset that does not count.

    Raises:
        CorruptError: it holds what no broker wrote.
    """
    with path.open("rb") as file:
        while True:
            data, found = _chunk(file, position, after, limit)
            if not found.size:
                return
            yield data, found
            position, after = position + found.size, found.end


def _chunk(file: BinaryIO, position: int, after: int, limit: int) -> tuple[bytes, Survey]:
    """The batches from a position on, about a piece of them."""
    size = PIECE
    while True:
        file.seek(position)
        data = file.read(size)
        found = survey(data, limit=limit, at=position, after=after)
        wanted = needed(data)
        if found.size or len(data) < size or wanted <= size:
            return (data if found.size == len(data) else data[: found.size]), found
        # One batch that is larger than a piece; a damaged length asks for no more than there is.
        size = min(wanted, file.seek(0, 2) - position)
        if size <= len(data):
            return b"", found


def blocks(path: Path) -> Iterator[bytes]:
    """A file in pieces, whatever it holds."""
    with path.open("rb") as file:
        while data := file.read(PIECE):
            yield data
