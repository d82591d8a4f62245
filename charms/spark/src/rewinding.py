# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of jobs that had read further than a restored Kafka reaches.

Spark writes down up to which offset each batch was to read. Where that lies behind the end of the
restored log, it becomes that end, in every batch, as with a consumer group: the job goes on with
the first record that is written after the restore. What it made of records that are lost stays.
No batch is taken back, so nothing that is still there is counted twice.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dataops.host.files import ensure_contents

_VERSION = "v1"


class RewindError(Exception):
    """A checkpoint cannot be rewound; the message says why."""


@dataclasses.dataclass(frozen=True)
class Rewound:
    """One partition of which a job had read more than there is now.

    Attributes:
        topic, partition: which.
        before, now: the offset from which it goes on.
    """

    topic: str
    partition: int
    before: int
    now: int


def rewind(checkpoint: Path, topic: str, ends: Sequence[int], at: float) -> tuple[Rewound, ...]:
    """What had to change of a job's checkpoint; run again after an interruption, it goes on.

    Args:
        checkpoint: its directory; the job does not run.
        topic: that the job reads.
        ends: of its partitions when clients were let into the restored cluster.
        at: when that was, Unix seconds.

    Raises:
        RewindError: the job has run since then, or Spark wrote what is not known here.
    """
    directory = checkpoint / "offsets"
    if not directory.is_dir():
        return ()
    batches = sorted((path for path in directory.iterdir() if path.name.isdigit()), key=_number)
    # First all of them are looked at: either all can be changed, or none is.
    found = [(path, *_clamped(path, topic, ends)) for path in batches]
    changes = [(path, text) for path, text, moved in found if moved]
    late = [path for path, _ in changes if path.stat().st_mtime > at]
    if late:
        raise RewindError(
            f"batch {late[-1].name} began after the restore: from its old place, the job may have "
            f"passed over records of {topic} that were written since. Declare it under another "
            "name, so that it begins with a new checkpoint"
        )
    for path, text in changes:
        _replace(path, text)
    return found[-1][2] if found else ()


def _number(path: Path) -> int:
    return int(path.name)


def _clamped(path: Path, topic: str, ends: Sequence[int]) -> tuple[str, tuple[Rewound, ...]]:
    """What the file should say, and which partitions have to move for that."""
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[0] != _VERSION:
        raise RewindError(f"{path} has version {lines[0]!r}, and only {_VERSION} is known here")
    moved: list[Rewound] = []
    for number, line in enumerate(lines[2:], 2):
        source: Mapping[str, Any] = json.loads(line) if line.startswith("{") else {}
        if topic not in source:
            continue
        there: dict[str, int] = {}
        for partition, offset in source[topic].items():
            # A partition that was not restored is made anew, and begins with nothing.
            end = ends[int(partition)] if int(partition) < len(ends) else 0
            there[partition] = min(offset, end)
            if offset > end:
                moved.append(Rewound(topic, int(partition), offset, end))
        lines[number] = json.dumps({**source, topic: there}, separators=(",", ":"))
    return "\n".join(lines), tuple(moved)


def _replace(path: Path, text: str) -> None:
    # Hadoop keeps a checksum beside the file, and does without one where there is none.
    (path.parent / f".{path.name}.crc").unlink(missing_ok=True)
    ensure_contents(path, text, mode=path.stat().st_mode & 0o777, owner=path.owner())
