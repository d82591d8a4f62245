# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A backup's files, on the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dataops.backup.manifest import Manifest, Tree, TreeFile
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf

_AT_ONCE = 3
_MODE = 0o640


class TreeError(Exception):
    """A tree cannot be put back; the message says why."""


def place(
    shelf: Shelf,
    manifest: Manifest,
    target: Path,
    *,
    key: Key | None = None,
    owner: str | None = None,
    tell: Callable[[str, float | None], None] = lambda text, done: None,
    check: Callable[[], None] = lambda: None,
) -> int:
    """The backup's files below `target`, which is emptied first; how many bytes that were.

    Args:
        shelf: where it is.
        manifest: of the backup.
        target: a directory of nothing else.
        key: opens what is sealed.
        owner: whose the files are; None: one's own.
        tell: takes progress.
        check: raises when the work is not wanted any more.

    Raises:
        TreeError: it is no backup of files.
        DamagedError: an object is missing or altered; nothing was put in anybody's place.
        StoreError: the store fails.
    """
    tree = manifest.tree
    if tree is None:
        raise TreeError(f"Backup {manifest.id} holds no files: it is one of Kafka")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    done = 0

    def passed(size: int) -> None:
        nonlocal done
        check()
        done += size
        share = done / tree.bytes if tree.bytes else 1.0
        tell(f"{done / 1e6:.0f} of {tree.bytes / 1e6:.0f} MB", min(share, 1.0))

    for file, data in _unbundled(shelf, tree, key):
        _opened(target, file).write_bytes(data)
        passed(len(data))

    def whole(file: TreeFile) -> TreeFile:
        return _whole(shelf, file, target, key)

    large = [file for file in tree.files if file.at is None]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="place") as threads:
        for file in threads.map(whole, large):
            passed(file.bytes)
    if owner:
        for path in (target, *target.rglob("*")):
            shutil.chown(path, owner, owner)
    os.sync()
    return done


def _unbundled(shelf: Shelf, tree: Tree, key: Key | None) -> Iterator[tuple[TreeFile, bytes]]:
    """Small files with their content."""
    files = iter(sorted((f for f in tree.files if f.at is not None), key=lambda f: f.at or 0))
    begin, file = 0, next(files, None)
    for piece in tree.bundle:
        data = shelf.fetch(piece, key)
        while (
            file is not None and file.at is not None and file.at + file.bytes <= begin + len(data)
        ):
            at = file.at - begin
            yield file, data[at : at + file.bytes]
            file = next(files, None)
        begin += len(data)
    if file is not None:
        # Empty files at the very end lie in no piece.
        for left in (file, *files):
            if left.bytes:
                raise TreeError(f"{left.path} is in no piece of the backup: verify it")
            yield left, b""


def _whole(shelf: Shelf, file: TreeFile, target: Path, key: Key | None) -> TreeFile:
    with _opened(target, file).open("wb") as written:
        for piece in file.pieces:
            written.write(shelf.fetch(piece, key))
        if written.tell() != file.bytes:
            raise TreeError(f"{file.path} has {written.tell()} bytes instead of {file.bytes}")
    return file


def _opened(target: Path, file: TreeFile) -> Path:
    path = target / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(_MODE)
    return path
