# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What every store promises."""

from __future__ import annotations

import abc
import contextlib
import errno
import hashlib
import os
import re
import uuid
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias, cast

from dataops.objectstore._errors import Full, Missing, StoreError
from dataops.objectstore._flushes import sync_directory
from dataops.objectstore._pace import Pace
from dataops.objectstore._target import Target

#: No name of a key's part begins with a dot: those are our own files in a directory.
_PART = re.compile(r"[A-Za-z0-9_=@+,:-][A-Za-z0-9_.=@+,:-]{0,254}")
_READ = 1 << 20
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

# As text: only from Python 3.14 on does a memoryview take a parameter when this is run.
Bytes: TypeAlias = "bytes | memoryview[int]"
Source: TypeAlias = "Path | bytes | memoryview[int] | Iterable[bytes]"


@dataclass(frozen=True)
class Stored:
    """An object of a store.

    Attributes:
        key: relative to the target's path.
        size: bytes.
        modified: with its zone; whole seconds at least.
        version: what tells two contents of a key apart.
    """

    key: str
    size: int
    modified: datetime
    version: str = ""


class Store(abc.ABC):
    """Objects by key.

    Keys are parts of letters, digits and `_.=@+,:-`, joined by slashes; no key is the beginning of
    another one with a slash after it: what is an object is no directory.

    Every method raises a `StoreError`, or ValueError for a key of another form.
    """

    def __init__(self, target: Target) -> None:
        self.target = target

    @abc.abstractmethod
    def put(
        self,
        key: str,
        source: Source,
        *,
        pace: Pace | None = None,
        once: bool = False,
        settled: bool = True,
    ) -> Stored:
        """The object as it is stored; readers see what was there before until it is whole.

        Args:
            key: where.
            source: a file, bytes (which are not copied), or pieces of any size.
            pace: a limit on the bytes a second.
            once: for keys that name their content: an object that is there is left alone, if it
                has the size of the source (of pieces: whatever its size).
            settled: whether it is there for good when this returns. Many objects take less time
                without, and one call of `settle` after the last: no such object is seen before
                its content is safe, and none counts before `settle` has returned.
        """

    @abc.abstractmethod
    def settle(self) -> None:
        """Everything that was put is there for good, whatever becomes of this machine.

        Raises:
            StoreError: something that was put without being settled is not; put it again.
        """

    @abc.abstractmethod
    def head(self, key: str) -> Stored | None:
        """The object without its content; None when there is none."""

    @abc.abstractmethod
    def list(self, prefix: str = "") -> Iterator[Stored]:
        """The objects below a prefix, which is whole parts of keys, in the order of their keys."""

    @abc.abstractmethod
    def parts(self, prefix: str = "") -> list[str]:
        """What comes next in the keys below a prefix, where that is not their end; sorted.

        It asks for no more than these, however many objects there are.
        """

    @abc.abstractmethod
    def delete(self, keys: str | Iterable[str]) -> None:
        """The objects are gone, whether or not they were there."""

    @abc.abstractmethod
    def _read(self, stored: Stored, start: int, pace: Pace | None) -> Iterator[bytes]:
        """The bytes of that version from `start`; StoreError when another one has come."""

    def get(self, key: str) -> bytes:
        """The whole object. For what fits in memory.

        Raises:
            Missing: when there is no such object.
        """
        return b"".join(self.stream(key))

    def stream(self, key: str, *, pace: Pace | None = None) -> Iterator[bytes]:
        """The object in pieces of at most 4 MB, all of one version.

        Raises:
            Missing: when there is no such object.
        """
        return self._read(self._there(key), 0, pace)

    def fetch(self, key: str, path: Path, *, pace: Pace | None = None) -> Stored:
        """The object, now in the file; it appears there when it is whole and on the disk.

        What an interrupted call left beside the file is continued, if the object is the same.

        Raises:
            Missing: when there is no such object.
            Full: when our own disk has no room.
        """
        stored = self._there(key)
        mark = hashlib.sha256(f"{key} {stored.size} {stored.version}".encode()).hexdigest()[:16]
        partial = path.with_name(f".{path.name}.{mark}.part")
        for other in path.parent.glob(f".{path.name}.*.part"):
            if other != partial:
                other.unlink(missing_ok=True)
        with own_disk(path):
            with partial.open("ab") as file:
                if file.tell() > stored.size:
                    file.truncate(0)
                if file.tell() < stored.size:
                    for piece in self._read(stored, file.tell(), pace):
                        file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            sync_directory(path.parent)
        return stored

    def check(self) -> None:
        """Return when an object can be written, read and removed."""
        key = f"probe/{uuid.uuid4().hex}"
        try:
            self.put(key, key.encode())
            if self.get(key) != key.encode():
                raise StoreError(f"{self.target.describe()} returns other bytes than it was given")
        finally:
            # The first error is the one to tell.
            with contextlib.suppress(StoreError):
                self.delete(key)

    def _there(self, key: str) -> Stored:
        stored = self.head(key)
        if stored is None:
            raise Missing(f"{self.target.describe()} has no object {key}")
        return stored


def checked(key: str) -> str:
    """The key.

    Raises:
        ValueError: when it is none.
    """
    if len(key) > 900 or not all(_PART.fullmatch(part) for part in key.split("/")):
        raise ValueError(f"{key!r} is no key: parts of letters, digits and _.=@+,:- with slashes")
    return key


def pieces(source: Source, pace: Pace | None, most: int = _READ) -> Iterator[Bytes]:
    """The source's bytes, as fast as the pace allows."""
    size = pace.piece(most) if pace else most
    for block in _blocks(source, size):
        if pace is None:
            yield block
            continue
        for start in range(0, len(block), size):
            part = block[start : start + size] if len(block) > size else block
            pace.take(len(part))
            yield part


def _blocks(source: Source, size: int) -> Iterator[Bytes]:
    held = in_memory(source)
    if held is not None:
        yield held
    elif isinstance(source, Path):
        with source.open("rb") as file:
            while block := file.read(size):
                yield block
    else:
        yield from cast("Iterable[bytes]", source)


def in_memory(source: Source) -> Bytes | None:
    """The source, if it is bytes."""
    return cast("Bytes", source) if isinstance(source, (bytes, memoryview)) else None


def same_size(stored: Stored | None, source: Source) -> bool:
    """Whether what is stored may be the source, as far as sizes say."""
    if stored is None:
        return False
    held = in_memory(source)
    if held is not None:
        return stored.size == len(held)
    return not isinstance(source, Path) or stored.size == source.stat().st_size


@contextlib.contextmanager
def own_disk(path: Path) -> Generator[None]:
    """Names a full disk of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Full(f"No room for {path}: free some, and start again") from error
        raise
