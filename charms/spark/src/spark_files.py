# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which of a unit's files a backup takes, and what Spark's checkpoints say of themselves.

A checkpoint is what a job goes on from: which offsets each batch was to read (`offsets`), which
batches are done (`commits`), and the state after each. Spark writes every file once, under another
name first. So links to all of them belong together when no batch began or ended meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKPOINTS = "checkpoints"
KINDS = (CHECKPOINTS, "parquet", "submitted", "event-logs")
# What says in a directory of Parquet files which of them count.
_SINK_LOG = "_spark_metadata"


def listing(data: Path) -> Iterator[str]:
    """What a backup takes, relative to the storage."""
    for kind in KINDS:
        for path in sorted((data / kind).rglob("*")):
            if path.is_file() and not _unfinished(path):
                yield str(path.relative_to(data))


def steady(data: Path) -> tuple[str, ...]:
    """Changes whenever a batch of any job begins or ends."""
    logs = [
        *(data / CHECKPOINTS).glob("*/offsets/*"),
        *(data / CHECKPOINTS).glob("*/commits/*"),
        *(data / "parquet").rglob(f"{_SINK_LOG}/*"),
    ]
    return tuple(sorted(str(path) for path in logs))


def offsets(data: Path) -> dict[str, Any]:
    """For each job with a checkpoint here the batch it was at, and up to where that reads.

    Returns:
        By job: `batch`, and `reads`: by topic and partition the offset after the last one.
    """
    found: dict[str, Any] = {}
    for job in sorted((data / CHECKPOINTS).glob("*/offsets")):
        batches = [int(path.name) for path in job.iterdir() if path.name.isdigit()]
        if batches:
            newest = max(batches)
            reads = _reads((job / str(newest)).read_text(encoding="utf-8"))
            found[job.parent.name] = {"batch": newest, "reads": reads}
    return found


def _reads(text: str) -> dict[str, dict[str, int]]:
    """A version, the batch's own metadata, and then a line for each source."""
    found: dict[str, dict[str, int]] = {}
    for line in text.splitlines()[2:]:
        # Else it is `-`, a source without offsets yet, or no source of Kafka.
        if line.startswith("{"):
            found.update(json.loads(line))
    return found


def _unfinished(path: Path) -> bool:
    return path.name.endswith(".tmp") or "_temporary" in path.parts
