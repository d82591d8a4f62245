# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A directory that is there completely, and as a digest says, or not at all."""

import contextlib
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

_MARKER = ".digest"


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
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.*"):
        # Of a hook that was killed, with the agent or with the machine.
        if left.is_dir():
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        fresh, old = Path(scratch) / "new", Path(scratch) / "old"
        fresh.mkdir(mode=0o755)
        yield fresh
        (fresh / _MARKER).write_text(digest)
        if target.is_symlink() or target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
