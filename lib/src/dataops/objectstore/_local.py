# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Objects as files of a directory, whole or not at all, on the disk once they are settled."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from dataops.host.files import write_all
from dataops.objectstore._errors import Full, Missing, NoBucket, Refused, StoreError
from dataops.objectstore._flushes import Flushes, Written, sync_directory
from dataops.objectstore._pace import Pace
from dataops.objectstore._store import (
    NO_ROOM,
    Bytes,
    Source,
    Store,
    Stored,
    checked,
    pieces,
    same_size,
)
from dataops.objectstore._target import Target

# Where files grow before they are objects; no key begins with a dot.
_INCOMING = ".incoming"
_ABANDONED_SECONDS = 24 * 3600
_READ = 1 << 20


class LocalStore(Store):
    """A directory that exists: a disk, or a network's file system that is mounted there."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._bucket = Path(target.directory)
        self._root = self._bucket / target.path
        self._flushes = Flushes()

    def put(
        self,
        key: str,
        source: Source,
        *,
        pace: Pace | None = None,
        once: bool = False,
        settled: bool = True,
    ) -> Stored:
        """See `Store.put`."""
        path = self._root / checked(key)
        with self._named(key):
            self._bucket_there()
            if once and (there := self.head(key)) and same_size(there, source):
                return there
            descriptor, name = tempfile.mkstemp(dir=self._incoming())
            written = Written(descriptor, Path(name), path, self._bucket)
            try:
                with os.fdopen(descriptor, "wb", closefd=False) as file:
                    for piece in _guarded(pieces(source, pace)):
                        write_all(file, piece)
                stored = self._stored(key, os.fstat(descriptor))
            except BaseException:
                written.drop()
                raise
            if not settled:
                self._flushes.add(written, self._named(key))
                return stored
            for directory in written.place():
                sync_directory(directory)
            return self._stored(key, path.stat())

    def settle(self) -> None:
        """See `Store.settle`."""
        with self._named("what was put"):
            self._flushes.settle()

    def head(self, key: str) -> Stored | None:
        """See `Store.head`."""
        path = self._root / checked(key)
        with self._named(key):
            self._bucket_there()
            try:
                found = path.stat()
            except (FileNotFoundError, NotADirectoryError):
                return None
            return self._stored(key, found) if path.is_file() else None

    def get(self, key: str) -> bytes:
        """See `Store.get`; read at once, and so of one version."""
        path = self._root / checked(key)
        with self._named(key):
            self._bucket_there()
            if not path.is_file():
                raise Missing(f"{self.target.describe()} has no object {key}")
            return path.read_bytes()

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """See `Store.list`."""
        prefix = prefix.strip("/")
        with self._named(prefix):
            self._bucket_there()
            yield from self._below(checked(prefix) if prefix else "")

    def parts(self, prefix: str = "") -> list[str]:
        """See `Store.parts`."""
        prefix = prefix.strip("/")
        with self._named(prefix):
            self._bucket_there()
            try:
                entries = list(os.scandir(self._root / (checked(prefix) if prefix else "")))
            except (FileNotFoundError, NotADirectoryError):
                return []
        return sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))

    def delete(self, keys: str | Iterable[str]) -> None:
        """See `Store.delete`."""
        for key in [keys] if isinstance(keys, str) else keys:
            path = self._root / checked(key)
            with self._named(key):
                self._bucket_there()
                if path.is_dir():
                    continue
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    path.unlink()
                self._prune(path.parent)

    def _read(self, stored: Stored, start: int, pace: Pace | None) -> Iterator[bytes]:
        size = pace.piece(_READ) if pace else _READ
        with self._named(stored.key), (self._root / stored.key).open("rb") as file:
            # An open file keeps its version whatever is put there meanwhile.
            if _version(os.fstat(file.fileno())) != stored.version:
                raise StoreError(f"{stored.key} was replaced while it was read: read it again")
            file.seek(start)
            while piece := file.read(size):
                if pace:
                    pace.take(len(piece))
                yield piece

    def _below(self, prefix: str) -> Iterator[Stored]:
        directory = self._root / prefix
        try:
            entries = [entry for entry in os.scandir(directory) if not entry.name.startswith(".")]
        except (FileNotFoundError, NotADirectoryError):
            return
        # As if all keys were sorted at once: what is in a directory comes under "name/".
        for entry in sorted(entries, key=lambda e: e.name + "/" * e.is_dir()):
            key = f"{prefix}/{entry.name}" if prefix else entry.name
            if entry.is_dir():
                yield from self._below(key)
            else:
                with contextlib.suppress(FileNotFoundError):
                    yield self._stored(key, entry.stat())

    def _stored(self, key: str, found: os.stat_result) -> Stored:
        modified = datetime.fromtimestamp(found.st_mtime, timezone.utc)
        return Stored(key, found.st_size, modified, _version(found))

    def _bucket_there(self) -> None:
        # Never made by us: were a mount lost, the machine's own disk would fill up instead.
        if not self._bucket.is_dir():
            raise NoBucket(
                f"There is no directory {self._bucket}: mount or make it on this machine"
            )

    def _incoming(self) -> Path:
        incoming = self._bucket / _INCOMING
        incoming.mkdir(exist_ok=True, mode=0o700)
        for left in incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                    left.unlink()
        return incoming

    def _prune(self, directory: Path) -> None:
        """Object stores have no empty directories."""
        while directory != self._bucket and self._bucket in directory.parents:
            try:
                directory.rmdir()
            except OSError:
                return
            directory = directory.parent

    @contextlib.contextmanager
    def _named(self, key: str) -> Generator[None]:
        where = self.target.describe()
        try:
            yield
        except _SourceError as error:
            raise error.own from None
        except PermissionError as error:
            raise Refused(
                f"{where} does not let us have {key or 'its list'}: give the directory to the "
                f"user of this process (uid {os.getuid()})"
            ) from error
        except OSError as error:
            if error.errno in NO_ROOM:
                raise Full(f"No room in {where} for {key}: free some, and start again") from error
            raise StoreError(f"{where}, {key}: {error.strerror}") from error


class _SourceError(Exception):
    """What is wrong is the source's own, and says nothing of the store."""

    def __init__(self, own: OSError) -> None:
        super().__init__()
        self.own = own


def _guarded(content: Iterator[Bytes]) -> Iterator[Bytes]:
    try:
        yield from content
    except OSError as error:
        raise _SourceError(error) from error


def _version(found: os.stat_result) -> str:
    return f"{found.st_ino:x}-{found.st_mtime_ns:x}"
