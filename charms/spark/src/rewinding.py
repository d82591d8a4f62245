# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of jobs that had read further than a restored Kafka reaches.

Spark writes down up to which offset each batch was to read, which batches are done, and the state
after each. Two kinds of jobs go on in two ways:

A job that writes to Kafka goes back to the newest batch that was done before the backup began:
what it wrote until then is in the backup, what it wrote later may not be. It reads the rest again,
so some rows may be there twice, and none is missing.

A job that writes files has them all. It goes on at the restored end, as a consumer group does:
where its offsets lie behind the end, they become the end, in every batch. Nothing is counted
twice. What it made of records that are lost stays.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dataops.host.files import ensure_contents

_VERSION = "v1"
# The units' clocks may differ by so many seconds.
_MARGIN = 2.0
# The version in the name of a state's file, and of the checksum beside it.
_STATE = re.compile(r"\.?(\d+)(_[^.]+)?\.(delta|snapshot|changelog|zip)(\.crc)?")


class RewindError(Exception):
    """A checkpoint cannot be rewound; the message says why, and the next move."""


@dataclasses.dataclass(frozen=True)
class Restored:
    """What a job has to know of a restored Kafka.

    Attributes:
        ends: of the partitions of the topic that it reads, when clients were let in.
        until: up to when the backup has everything; Unix seconds.
        at: when clients were let in; Unix seconds.
    """

    ends: Sequence[int]
    until: float
    at: float


@dataclasses.dataclass(frozen=True)
class Rewound:
    """One partition that a job reads from another offset now.

    Attributes:
        topic, partition: which.
        before, now: the offset from which it goes on.
    """

    topic: str
    partition: int
    before: int
    now: int


def back(checkpoint: Path, topic: str, restored: Restored) -> tuple[Rewound, ...]:
    """What had to change for a job that writes to Kafka; it goes on after an interruption.

    Args:
        checkpoint: its directory; the job does not run.
        topic: that the job reads.
        restored: Kafka.

    Raises:
        RewindError: Spark has forgotten the batches of before the backup.
    """
    offsets, commits = _numbered(checkpoint / "offsets"), _numbered(checkpoint / "commits")
    limit = restored.until - _MARGIN
    kept = [
        number
        for number, path in commits.items()
        if number in offsets
        and path.stat().st_mtime <= limit
        and not _clamped(offsets[number], topic, restored.ends)[1]
    ]
    if commits and not kept:
        raise RewindError(
            f"its oldest batch, {min(commits)}, was done after the backup began: restore Spark's "
            "backup of before Kafka's (restore id=...), or declare the job under another name, so "
            "that it begins with a new checkpoint"
        )
    newest = max(kept, default=-1)
    moved = _moves(topic, offsets, newest)
    # What says that a batch is done goes first: what is half removed is done again.
    for several in (commits, offsets):
        for number in sorted((one for one in several if one > newest), reverse=True):
            _remove(several[number])
    _forget_state(checkpoint / "state", newest + 1)
    return moved


def forward(checkpoint: Path, topic: str, restored: Restored) -> tuple[Rewound, ...]:
    """What had to change for a job that writes files; it goes on after an interruption.

    Args:
        checkpoint: its directory; the job does not run.
        topic: that the job reads.
        restored: Kafka.

    Raises:
        RewindError: the job has run since the restore, or Spark wrote what is not known here.
    """
    batches = _numbered(checkpoint / "offsets")
    # First all of them are looked at: either all can be changed, or none is.
    found = [(path, *_clamped(path, topic, restored.ends)) for path in batches.values()]
    changes = [(path, text) for path, text, moved in found if moved]
    late = [path for path, _ in changes if path.stat().st_mtime > restored.at]
    if late:
        raise RewindError(
            f"batch {late[-1].name} began after the restore: from its old place, the job may have "
            f"passed over records of {topic} that were written since. Declare it under another "
            "name, so that it begins with a new checkpoint"
        )
    for path, text in changes:
        _replace(path, text)
    return found[-1][2] if found else ()


def _numbered(directory: Path) -> dict[int, Path]:
    """Files of batches by number, in order."""
    if not directory.is_dir():
        return {}
    found = {int(path.name): path for path in directory.iterdir() if path.name.isdigit()}
    return {number: found[number] for number in sorted(found)}


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[0] != _VERSION:
        raise RewindError(f"{path} has version {lines[0]!r}, and only {_VERSION} is known here")
    return lines


def _sources(lines: Sequence[str]) -> list[tuple[int, dict[str, Any]]]:
    """The lines of sources of Kafka, with their numbers: a version and the batch come first."""
    return [(n, json.loads(line)) for n, line in enumerate(lines) if n > 1 and line[:1] == "{"]


def _clamped(path: Path, topic: str, ends: Sequence[int]) -> tuple[str, tuple[Rewound, ...]]:
    """What the file would say without what is behind the end, and what that moves."""
    lines, moved = _lines(path), list[Rewound]()
    for number, source in _sources(lines):
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


def _moves(topic: str, offsets: Mapping[int, Path], newest: int) -> tuple[Rewound, ...]:
    """From where to where the job goes when this batch is its newest one."""
    if not offsets or max(offsets) <= newest:
        return ()
    last = offsets[max(offsets)]
    before, now = _reads(last, topic), _reads(offsets[newest], topic) if newest >= 0 else {}
    return tuple(
        Rewound(topic, index, offset, now.get(index, 0)) for index, offset in before.items()
    )


def _reads(path: Path, topic: str) -> dict[int, int]:
    found = [source[topic] for _, source in _sources(_lines(path)) if topic in source]
    return {int(index): offset for one in found for index, offset in one.items()}


def _forget_state(directory: Path, newest: int) -> None:
    """State of batches that are to be done anew: Spark would take it for theirs."""
    for path in directory.rglob("*"):
        match = _STATE.fullmatch(path.name)
        if match and int(match[1]) > newest:
            path.unlink()


def _remove(path: Path) -> None:
    path.unlink()
    _checksum(path).unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    # Hadoop keeps a checksum beside the file, and does without one where there is none.
    _checksum(path).unlink(missing_ok=True)
    ensure_contents(path, text, mode=path.stat().st_mode & 0o777, owner=path.owner())


def _checksum(path: Path) -> Path:
    return path.with_name(f".{path.name}.crc")
