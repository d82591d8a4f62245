# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Finds and ends what a killed supervisor left behind."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

_PATIENCE = 10.0


def end(marker: str) -> int:
    """Ends all processes with this variable in their environment; how many there were.

    Args:
        marker: ``NAME=value``.
    """
    found = list(_marked(marker))
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in _marked(marker):
            _signal(pid, number)
        _wait(marker, _PATIENCE)
    return len(found)


def _marked(marker: str) -> Iterator[int]:
    wanted = marker.encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
            except OSError:  # it ended meanwhile, or is not ours
                continue
            if wanted in variables:
                yield int(entry.name)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait(marker: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(_marked(marker)):
        time.sleep(0.05)
