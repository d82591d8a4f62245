# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Files on their way to the disk: several wait for it together, while others are being written.

A file has no name before its content is on the disk, so a machine that loses its power leaves
nothing that looks like an object and is none. Names become lasting last, a directory at a time.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import errno
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

# Flushes share what a file system does for each of them; more of them at once gain nothing.
_AT_ONCE = 8
# Files that are written and not yet on the disk: what they hold is memory that nobody else has.
_WAITING = 16


class Written:
    """A file with its content and without its name.

    Args:
        descriptor: of the file, open; closed by whichever method is called.
        scratch: where it is, on the file system of its target.
        path: what it becomes.
        root: a directory above both, which is never made here.
    """

    def __init__(self, descriptor: int, scratch: Path, path: Path, root: Path) -> None:
        self._descriptor, self._scratch, self._path = descriptor, scratch, path
        self._root = root

    def place(self) -> set[Path]:
        """The file has its name, its content on the disk; which directories are still to be."""
        try:
            os.fsync(self._descriptor)
            return self._named()
        finally:
            self.drop()

    def drop(self) -> None:
        """It is closed, and gone if it has no name."""
        os.close(self._descriptor)
        self._scratch.unlink(missing_ok=True)

    def _named(self) -> set[Path]:
        directory = self._path.parent
        below = [one for one in (directory, *directory.parents) if self._root in one.parents]
        # Deleting other objects may take a directory away between these two.
        for _ in range(5):
            missing = [one for one in below if not one.exists()]
            with contextlib.suppress(FileNotFoundError):
                for one in reversed(missing):
                    one.mkdir(exist_ok=True)
                self._scratch.replace(self._path)
                return {directory, *(one.parent for one in missing)}
        raise FileNotFoundError(errno.ENOENT, "it is removed again and again", str(directory))


class Flushes:
    """Places files in threads of its own; may be shared by many who write."""

    def __init__(self) -> None:
        self._room = threading.Semaphore(_WAITING)
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._pending: set[Future[None]] = set()
        self._directories: set[Path] = set()
        self._failed: BaseException | None = None

    def add(self, written: Written, named: AbstractContextManager[None]) -> None:
        """The file will be placed; waits while too many others do.

        Args:
            written: the file.
            named: makes of what may go wrong what `settle` raises.
        """
        self._room.acquire()
        with self._lock:
            # No thread is started for a store that only settles things at once.
            self._threads = self._threads or ThreadPoolExecutor(_AT_ONCE, "flush")
            future = self._threads.submit(self._place, written, named)
            self._pending.add(future)
        future.add_done_callback(self._pending.discard)

    def settle(self) -> None:
        """Return when all files have their names for good; raises what went wrong with one."""
        concurrent.futures.wait(tuple(self._pending))
        with self._lock:
            failed, self._failed = self._failed, None
            directories, self._directories = self._directories, set()
        if failed:
            raise failed
        if self._threads:
            # Each takes milliseconds, in which nothing is done but wait.
            list(self._threads.map(sync_directory, directories))

    def _place(self, written: Written, named: AbstractContextManager[None]) -> None:
        try:
            with named:
                directories = written.place()
            with self._lock:
                self._directories |= directories
        except BaseException as error:
            self._failed = self._failed or error
        finally:
            self._room.release()


def sync_directory(path: Path) -> None:
    """The directory's entries are on the disk, unless the directory is gone with all of them."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
