# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Processes by identity: a number is used again, a number with its time of start is not."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from pathlib import Path

_STATE, _STARTED = 0, 19  # fields of /proc/PID/stat after the program's name
_ENDED = ("Z", "X")


@dataclasses.dataclass(frozen=True)
class Process:
    """One process.

    Attributes:
        pid: its number.
        started: when it started, in clock ticks since the machine did.
    """

    pid: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether it is still there; one that nobody has collected yet is not."""
        return identify(self.pid) == self


def identify(pid: int | None) -> Process | None:
    """The process with that number now; None when there is none."""
    if pid is None:
        return None
    try:
        # The name in parentheses may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[_STATE] in _ENDED:
        return None
    return Process(pid, int(fields[_STARTED]))


def kill(process: Process, patience: float = 10.0) -> float:
    """Seconds until the process was gone after SIGKILL: the proof that it died.

    Args:
        process: from `identify`: another one of the same number is not touched.
        patience: seconds.

    Raises:
        ProcessLookupError: it was gone already.
        TimeoutError: it is still there.
    """
    if not process.alive:
        raise ProcessLookupError(f"Process {process.pid} is gone already")
    begun = time.monotonic()
    os.kill(process.pid, signal.SIGKILL)
    while process.alive:
        if time.monotonic() - begun > patience:
            raise TimeoutError(
                f"Process {process.pid} is still there {patience:g} s after SIGKILL"
            )
        time.sleep(0.002)
    return time.monotonic() - begun
