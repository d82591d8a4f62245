# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Wakes the charm at a time that may change: a small process that watches a file.

    timer.py UNIT JUJU_EXEC FILE

The file holds seconds since the epoch, or nothing. Juju's own update-status comes too seldom for
deadlines and schedules. The process is restarted for nothing: who wants another time, writes it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from dataops.host import wake

_PAUSE_SECONDS = 0.5
# A hook that was woken writes another time; one that failed is tried again by Juju, and by us.
_AGAIN_SECONDS = 60.0


def wanted(file: Path) -> float | None:
    """The time in the file; None when there is none."""
    try:
        return float(file.read_text() or "nan")
    except (OSError, ValueError):
        return None


def watch(
    file: Path,
    alarm: Callable[[], object],
    clock: Callable[[], float] = time.time,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Call `alarm` whenever the time of the file has come; never returns."""
    not_before, rung = 0.0, None
    while True:
        at, now = wanted(file), clock()
        if at is not None and at <= now and (at != rung or now >= not_before):
            rung, not_before = at, now + _AGAIN_SECONDS
            alarm()
        pause(_PAUSE_SECONDS)


if __name__ == "__main__":  # pragma: no cover
    watch(Path(sys.argv[3]), lambda: wake.call(sys.argv[1], sys.argv[2], patience=0))
