# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A directory that is there completely, and as a digest says, or not at all."""

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from dataops.host.packages._errors import PackageError

_MARKER = ".digest"
_FULL = (errno.ENOSPC, errno.EDQUOT)
# No program installs itself into less; with more left, the disk is not what it lacked.
_ROOM = 16 << 20


def is_current(target: Path, digest: str) -> bool:
    """Whether the directory was published with this digest."""
    marker = target / _MARKER
    return marker.is_file() and marker.read_text() == digest


def is_published(target: Path) -> bool:
    """Whether the directory was published, and nobody has disowned its contents since."""
    return (target / _MARKER).is_file()


@contextlib.contextmanager
def publishing(target: Path, digest: str) -> Generator[Path]:
    """A scratch directory beside the target, which takes its place at the end.

    Leaves the old target alone when the block raises.

    Raises:
        PackageError: when the block ends because the disk is full, whatever it said itself.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.*"):
        # Of a hook that was killed, with the agent or with the machine.
        if left.is_dir():
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        fresh, old = Path(scratch) / "new", Path(scratch) / "old"
        fresh.mkdir(mode=0o755)
        try:
            yield fresh
            (fresh / _MARKER).write_text(digest)
            if target.is_symlink() or target.exists():
                target.rename(old)
            fresh.rename(target)
        except (PackageError, OSError) as error:
            # Looked at here, since the end of this block gives back what it took.
            _say_if_full(target, error)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _say_if_full(target: Path, error: Exception) -> None:
    free = shutil.disk_usage(target.parent).free
    if free >= _ROOM and not (isinstance(error, OSError) and error.errno in _FULL):
        return
    raise PackageError(
        f"disk full: {free >> 20} MiB left for {target.name}: make room, the next update-status "
        f"tries again ({target.parent})"
    ) from error
