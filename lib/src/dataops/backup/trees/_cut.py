# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Links to files that belong together, and how long each was."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from dataops.backup.cut import CutError

_ATTEMPTS = 50
_PAUSE = 0.1


def cut(
    root: Path,
    target: Path,
    listing: Callable[[], Iterable[str]],
    steady: Callable[[], object],
) -> dict[str, int]:
    """Links in `target` to what is listed, and the size that each had; raises `CutError`."""
    for _ in range(_ATTEMPTS):
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        before = steady()
        sizes = _linked(root, target, listing())
        if sizes is not None and steady() == before:
            return sizes
        time.sleep(_PAUSE)
    raise CutError(f"The files of {root} changed all the time; try again later")


def _linked(root: Path, target: Path, listing: Iterable[str]) -> dict[str, int] | None:
    """The sizes; None when a file went away meanwhile."""
    sizes: dict[str, int] = {}
    for path in listing:
        link = target / path
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(root / path, link)
        except FileNotFoundError:
            return None
        sizes[path] = link.stat().st_size
    return sizes
