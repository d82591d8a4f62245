# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Why a broker ends, in the operator's words, from what it said last."""

import re
from pathlib import Path

_KNOWN = (
    (r"No space left on device", "disk full: free space or grow the volume"),
    (r"Address already in use", "a port is taken: stop what holds it (`ss -ltnp`)"),
    (r"OutOfMemoryError", "out of memory: raise it with `juju config <app> heap=1g`"),
    (r"Could not reserve enough space", "heap is larger than this machine: lower `heap`"),
    (r"Invalid cluster\.id|Inconsistent ?[cC]luster", "the storage belongs to another cluster"),
    (r"UnsupportedClassVersionError", "Java is too old: install openjdk-17-jre-headless"),
)


def _explain(text: str) -> str:
    """The operator's words for the last known trouble in a log."""
    found = [(match.start(), say) for known, say in _KNOWN for match in re.finditer(known, text)]
    return max(found)[1] if found else ""


def _tail(path: Path, size: int = 20_000) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read().decode(errors="replace")


def complaint(log: Path) -> str:
    """Why the process ends, by the last things it said; empty when it said nothing known.

    Args:
        log: the directory of the broker's logs.
    """
    for name in ("broker.log", "server.log"):
        path = log / name
        if path.exists() and (found := _explain(_tail(path))):
            return found
    return ""
