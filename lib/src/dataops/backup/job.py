# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit is told that does its part of a backup, and up to where its logs count."""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pydantic


class TakingError(Exception):
    """A unit cannot do its part; the message names the partition and the next move."""


class Mark(pydantic.BaseModel):
    """Where a partition's log began and ended when it was cut, as its leader said.

    Attributes:
        log_start: the first offset that clients may read.
        end: the high watermark.
        leader_epoch: the leader's.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    log_start: int
    end: int
    leader_epoch: int = 0


class Marks(pydantic.BaseModel):
    """What a cut goes by.

    Attributes:
        at: when they were asked for.
        partitions: by name; a topic that was deleted meanwhile is not among them.
        metadata_end: the committed end of the cluster's metadata.
    """

    at: datetime.datetime
    partitions: dict[str, Mark]
    metadata_end: int = 0


@dataclasses.dataclass(frozen=True)
class Job:
    """How a unit does its part.

    Attributes:
        data: the broker's log directory.
        state: a directory of ours on the same file system.
        ask: what the brokers say of these partitions now.
        records: whether to hash every record, too.
        tell: takes progress, and how much of all is done.
        check: raises when the work is not wanted any more.
        clock: Unix seconds.
    """

    data: Path
    state: Path
    ask: Callable[[Iterable[tuple[str, int]]], Marks]
    records: bool = True
    tell: Callable[[str, float | None], None] = lambda text, done: None
    check: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.time
