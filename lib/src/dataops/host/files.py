# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Files and directories with the contents, mode and owner that the caller names."""

import contextlib
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

_NOBODY_ELSE = -1
# Bytes of one write. For larger ones the kernel looks for contiguous memory, which cost up to
# seven times as much processor time (ext4, Linux 6.18).
_AT_ONCE = 256 << 10


def ensure_contents(
    path: Path, content: str | bytes, *, mode: int = 0o644, owner: str | None = None
) -> bool:
    """Whether the file had to be changed to hold exactly this content, mode and owner.

    A reader sees the old file or the new one, never a part, and never with a wider mode.

    Args:
        path: the file; its directory exists.
        content: text (written as UTF-8) or bytes.
        mode: permission bits.
        owner: a user's name; None leaves it with whom we are.
    """
    data = content.encode() if isinstance(content, str) else content
    if not path.is_symlink() and path.is_file() and path.read_bytes() == data:
        return _ensure_attributes(path, mode, owner)
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchown(descriptor, *_ids(owner))
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(scratch).replace(path)
    finally:
        Path(scratch).unlink(missing_ok=True)
    return True


def write_all(file: BinaryIO, data: bytes | memoryview) -> None:
    """Write large bytes at the least cost."""
    view = memoryview(data)
    for at in range(0, len(view), _AT_ONCE):
        file.write(view[at : at + _AT_ONCE])


def ensure_directory(path: Path, *, mode: int = 0o755, owner: str | None = None) -> bool:
    """Whether the directory had to be made or changed to this mode and owner; parents are 0755."""
    if path.is_dir():
        return _ensure_attributes(path, mode, owner)
    for parent in reversed([one for one in path.parents if not one.exists()]):
        with contextlib.suppress(FileExistsError):
            parent.mkdir()
            # Whatever the umask is: hooks and services have different ones.
            parent.chmod(0o755)
    path.mkdir(mode=0o700)
    _ensure_attributes(path, mode, owner)
    return True


def ensure_tree(path: Path, *, mode: int = 0o755, owner: str | None = None) -> bool:
    """As `ensure_directory`, for data that may have been another machine's.

    A volume that comes with its data names its owner by number, which may be anybody's here:
    then everything below changes hands, the directory itself last.
    """
    there = path.is_dir() and owner is not None
    if there and (path.stat().st_uid, path.stat().st_gid) != _ids(owner):
        for directory, _, names in os.walk(path, topdown=False):
            for name in (*names, "."):
                place = Path(directory) if name == "." else Path(directory, name)
                if place != path:
                    os.chown(place, *_ids(owner), follow_symlinks=False)
    return ensure_directory(path, mode=mode, owner=owner)


def ensure_absent(path: Path) -> bool:
    """Whether there was a file, link or directory tree to remove."""
    if path.is_symlink() or path.is_file():
        path.unlink()
        return True
    if path.is_dir():
        shutil.rmtree(path)
        return True
    return False


def _ids(owner: str | None) -> tuple[int, int]:
    if owner is None:
        return _NOBODY_ELSE, _NOBODY_ELSE
    entry = pwd.getpwnam(owner)
    return entry.pw_uid, entry.pw_gid


def _ensure_attributes(path: Path, mode: int, owner: str | None) -> bool:
    changed = False
    found = path.stat()
    wanted = _ids(owner)
    if owner is not None and (found.st_uid, found.st_gid) != wanted:
        os.chown(path, *wanted)
        changed = True
    # After the owner: changing it may clear bits.
    if stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)
        changed = True
    return changed
