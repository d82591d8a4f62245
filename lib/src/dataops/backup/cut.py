# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A cut through a broker's logs: hard links, made in milliseconds, that nothing takes away.

Kafka may delete, compact and roll its files meanwhile: a link keeps the file as it was named. What
Kafka appends to the newest file after the cut lies behind the high watermark, and is not read.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dataops.backup.manifest import Epoch

_LOG = re.compile(r"([0-9]{20})\.log")
# What a cleaner that replaces files leaves for a moment.
_SWAP = ".swap"
_ATTEMPTS = 50
_PAUSE = 0.1
_EPOCHS = "leader-epoch-checkpoint"
_IDENTITY = "partition.metadata"


class CutError(Exception):
    """A partition's files cannot be linked."""


class GoneError(CutError):
    """The partition's directory is not there: its topic was deleted, or it was moved away."""


@dataclass(frozen=True)
class LogFile:
    """A link to a log file.

    Attributes:
        base: the offset in its name.
        path: the link.
        closed: whether there was a newer one.
    """

    base: int
    path: Path
    closed: bool


@dataclass(frozen=True)
class Cut:
    """A partition's files at one moment.

    Attributes:
        files: by offset.
        epochs: oldest first.
        topic_id: as Kafka writes it; empty when it says none.
    """

    files: tuple[LogFile, ...]
    epochs: tuple[Epoch, ...]
    topic_id: str


def cut(source: Path, target: Path) -> Cut:
    """Link a partition's log files; what an earlier, interrupted call linked is linked anew.

    Args:
        source: the partition's directory, such as `.../orders-0`.
        target: where the links go, on the same file system.

    Raises:
        GoneError: there is no such partition.
        CutError: its files never stayed the same for long enough.
        OSError: links cannot be made there.
    """
    for _ in range(_ATTEMPTS):
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        if (before := _listing(source)) is not None and _link(source, target, before):
            after = _listing(source)
            # A file that was added since only means that the log went on.
            if after is not None and before.items() <= after.items():
                return read(target, _epochs(source / _EPOCHS), _topic_id(source / _IDENTITY))
        time.sleep(_PAUSE)
    raise CutError(f"The files of {source} changed all the time; try again later")


def read(
    target: Path, epochs: tuple[Epoch, ...] | None = None, topic_id: str | None = None
) -> Cut:
    """The cut that was made in a directory."""
    if epochs is None or topic_id is None:
        epochs, topic_id = _epochs(target / _EPOCHS), _topic_id(target / _IDENTITY)
    else:
        (target / _EPOCHS).write_text(_epochs_text(epochs))
        (target / _IDENTITY).write_text(f"version: 0\ntopic_id: {topic_id}\n")
    bases = sorted(_logs(target))
    newest = bases[-1] if bases else -1
    files = tuple(LogFile(base, target / name(base), base != newest) for base in bases)
    return Cut(files, epochs, topic_id)


def closed(source: Path) -> frozenset[int]:
    """Offsets in the names of a partition's log files, but for the newest, which still grows."""
    try:
        bases = sorted(_logs(source))
    except FileNotFoundError:
        return frozenset()
    return frozenset(bases[:-1])


def name(base: int) -> str:
    """What Kafka calls the log file that begins with an offset."""
    return f"{base:020}.log"


def _listing(source: Path) -> Mapping[int, int] | None:
    """Inodes of the log files by offset; None while the cleaner replaces some."""
    try:
        if any(source.glob(f"*{_SWAP}")):
            return None
        return {base: (source / name(base)).stat().st_ino for base in _logs(source)}
    except FileNotFoundError:
        if not source.is_dir():
            raise GoneError(f"{source} is not there") from None
        return None


def _link(source: Path, target: Path, bases: Mapping[int, int]) -> bool:
    """Whether every one of these files is linked."""
    try:
        for base, inode in bases.items():
            os.link(source / name(base), target / name(base))
            if (target / name(base)).stat().st_ino != inode:
                return False
    except FileNotFoundError:
        # Deleted by retention, or replaced by the cleaner.
        return False
    return True


def _logs(directory: Path) -> set[int]:
    found = (_LOG.fullmatch(path.name) for path in directory.iterdir())
    return {int(match[1]) for match in found if match}


def _epochs(path: Path) -> tuple[Epoch, ...]:
    """Version, count, and then a line for each epoch with its first offset."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return ()
    pairs = (line.split() for line in lines[2:] if line.strip())
    return tuple(Epoch(epoch=int(epoch), start=int(start)) for epoch, start in pairs)


def _epochs_text(epochs: tuple[Epoch, ...]) -> str:
    lines = [f"{one.epoch} {one.start}\n" for one in epochs]
    return f"0\n{len(lines)}\n" + "".join(lines)


def _topic_id(path: Path) -> str:
    try:
        found = re.search(r"^topic_id: (\S+)$", path.read_text(), re.MULTILINE)
    except FileNotFoundError:
        return ""
    return found[1] if found else ""
