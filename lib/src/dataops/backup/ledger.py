# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit remembers of what it shipped, so that it reads no byte twice.

It is only a memory: without it, everything is read again, and found in the store by its hash.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pydantic

from dataops.backup.batches import HEADER_SIZE, survey_header
from dataops.backup.manifest import Piece

# Fewer bytes than this make a small piece, and so many small ones are shipped as one anew.
SMALL = 4 << 20
_MOST_SMALL = 8


class Known(pydantic.BaseModel):
    """A piece, and where in its file it lies.

    Attributes:
        end: the offset after its last batch.
        max_timestamp: of its records, ms since 1970.
        mark: position in the file, base offset and CRC of its last batch.
        records: the hash of its records; empty where they were not hashed.
        start: from which offset on they counted for that; 0 for all of them.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    piece: Piece
    end: int
    max_timestamp: int
    mark: tuple[int, int, int]
    records: str = ""
    start: int = 0


class KnownFile(pydantic.BaseModel):
    """The pieces from a file's beginning on.

    Attributes:
        inode: a file that the cleaner wrote anew is another one.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    base: int
    inode: int
    pieces: tuple[Known, ...] = ()


class KnownPartition(pydantic.BaseModel):
    """What is known of one partition's files.

    Attributes:
        topic_id: a topic of the same name that was created later has another one.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    topic_id: str = ""
    files: tuple[KnownFile, ...] = ()


class Ledger:
    """What is known of all partitions of a broker, a file each.

    Args:
        directory: where; made when it is first written to.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def of(self, partition: str, topic_id: str) -> dict[int, KnownFile]:
        """What is known of a partition's files, by the offset in their names."""
        try:
            known = KnownPartition.model_validate_json(self._path(partition).read_bytes())
        except (FileNotFoundError, pydantic.ValidationError):
            return {}
        return {file.base: file for file in known.files} if known.topic_id == topic_id else {}

    def remember(self, partition: str, known: KnownPartition) -> None:
        """Write it down, if there is room."""
        path = self._path(partition)
        # Whole or not at all, but not flushed: what a crash takes away is read again.
        partial = path.with_suffix(".new")
        # A full disk costs the memory, not the backup.
        with contextlib.suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            partial.write_text(known.model_dump_json())
            partial.replace(path)

    def forget_all_but(self, partitions: set[str]) -> None:
        """Forget partitions that are not here any more."""
        for path in self._directory.glob("*.json"):
            if path.stem not in partitions:
                path.unlink(missing_ok=True)

    def _path(self, partition: str) -> Path:
        return self._directory / f"{partition}.json"


def still(path: Path, known: KnownFile | None) -> tuple[Known, ...]:
    """Those known pieces that the file still begins with."""
    if known is None:
        return ()
    found: list[Known] = []
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_ino != known.inode:
            return ()
        for one in known.pieces:
            position, base, crc = one.mark
            header = os.pread(file.fileno(), HEADER_SIZE, position)
            if survey_header(header) != (base, crc):
                break
            found.append(one)
    return tuple(found)


def without_crumbs(pieces: tuple[Known, ...]) -> tuple[Known, ...]:
    """Those pieces that are kept: many small ones at the end are shipped anew, as one."""
    small = 0
    for one in reversed(pieces):
        if one.piece.bytes >= SMALL:
            break
        small += 1
    return pieces[: len(pieces) - small] if small >= _MOST_SMALL else pieces
