# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The processes of a unit: those whose environment names it, as every service's does."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_PROC = Path("/proc")


def of_unit(unit: str) -> tuple[int, ...]:
    """The ids of its processes in this model."""
    wanted = {f"JUJU_UNIT_NAME={unit}".encode()}
    if model := os.environ.get("JUJU_MODEL_UUID"):
        wanted.add(f"JUJU_MODEL_UUID={model}".encode())
    found: list[int] = []
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if wanted <= set((entry / "environ").read_bytes().split(b"\0")):
                found.append(int(entry.name))
    return tuple(sorted(found))


def words(pid: int) -> list[str]:
    """Its command line.

    Raises:
        OSError: it is gone.
    """
    text = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    return text.removesuffix("\0").split("\0")


def status(pid: int) -> dict[str, str]:
    """What the kernel says of it.

    Raises:
        OSError: it is gone.
    """
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def table(unit: str) -> str:
    """A line for each process: id, parent, resident memory, threads, age, command."""
    lines = [f"{'pid':>8} {'parent':>8} {'MiB':>7} {'threads':>7} {'age s':>8}  command"]
    for pid in of_unit(unit):
        with contextlib.suppress(OSError):
            about = status(pid)
            mib = int(about.get("VmRSS", "0 kB").split()[0]) >> 10
            age = time.time() - (_PROC / str(pid)).stat().st_mtime
            figures = f"{pid:>8} {about['PPid']:>8} {mib:>7} {about['Threads']:>7} {age:>8.0f}"
            lines.append(f"{figures}  {' '.join(words(pid))}")
    return "\n".join(lines) + "\n"
