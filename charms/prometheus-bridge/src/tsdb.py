# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which of Prometheus' files a backup takes, while it runs and without its admin API.

Blocks are written once and appear whole. What is newer than them is in the write-ahead log, whose
newest segment grows: a record that is cut off at its end is what Prometheus expects after a crash.
The log comes first: what becomes a block meanwhile is then in both, and counted once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

# A ULID. What is being made or deleted has more behind it.
_BLOCK = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_LOG = "wal"


def listing(samples: Path) -> Iterator[str]:
    """What a backup takes, relative to the directory of samples.

    The head's chunks are left out: Prometheus makes them anew from the log.
    """
    for place in (samples / _LOG, *_blocks(samples)):
        for path in sorted(place.rglob("*")):
            if path.is_file() and not any(part.endswith(".tmp") for part in path.parts):
                yield str(path.relative_to(samples))


def steady(samples: Path) -> tuple[str, ...]:
    """Changes whenever a block is made or deleted, or the log cut short; not when it grows."""
    log = [path.name for path in sorted((samples / _LOG).glob("*"))]
    checkpoints = [name for name in log if name.startswith("checkpoint.")]
    segments = [name for name in log if name.isdigit()]
    return (*(path.name for path in _blocks(samples)), *checkpoints, *segments[:1])


def blocks(samples: Path) -> int:
    """How many there are."""
    return len(_blocks(samples))


def _blocks(samples: Path) -> list[Path]:
    return sorted(path for path in samples.glob("*") if _BLOCK.fullmatch(path.name))
