# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The journal: what was asked, done and answered, as an append-only chain of records.

Each record holds the SHA-256 of the one before, so a changed, missing or inserted record shows.
This module is pure: the chain lives in the peers' databag, and each unit keeps a copy on its
storage (`archive.py`).
"""

from __future__ import annotations

import datetime
import enum
import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Any

import pydantic

from dataops.operations import explain

GENESIS = "0" * 64


class Kind(str, enum.Enum):
    """What a record says, and what its body holds.

    REQUESTED: an operation: `plan`, `guards` (plans), `params`, `by`.
    BEGAN: an attempt at a step: `step`, `attempt`, `deadline`, `params`, `targets`, `problems`.
    ANSWERED: one answer: `from`, `outcome`, which names the task.
    SKIPPED: a step that is not needed: `step`, `because`.
    APPROVED: a step that waited for a person: `step`, `by`.
    CANCELLED: nothing more may begin: `by`.
    STOPPED: likewise, because a limit was passed: `reasons`.
    RESUMED: what had ended goes on: `by`, `params`.
    MEASURING, MEASURED: the canary's `phase` began, or ended with its `evidence`, or a `problem`.
    FINISHED: the end: `status`, `message`.
    REPORTED: the report was written: `unit`, `html`, `json`, `sha256`, `signature`.
    SCHEDULED: until when each entry of the schedule has been considered: `entries`, `skipped`.
    """

    REQUESTED = "requested"
    BEGAN = "began"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    APPROVED = "approved"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    RESUMED = "resumed"
    MEASURING = "measuring"
    MEASURED = "measured"
    FINISHED = "finished"
    REPORTED = "reported"
    SCHEDULED = "scheduled"


class Record(pydantic.BaseModel):
    """One line of the journal.

    Attributes:
        number: 1, 2, ... without a gap.
        at: when it was written (UTC).
        kind: what it says; a kind that only a newer version knows stays a plain string.
        operation: the operation it belongs to.
        body: the details, JSON values only.
        previous: the hash of the record before; zeros in the first.
        hash: SHA-256 of everything above, as canonical JSON.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    number: int
    at: datetime.datetime
    kind: Kind | str = pydantic.Field(union_mode="left_to_right")
    operation: int
    body: dict[str, Any] = {}
    previous: str
    hash: str = ""

    def digest(self) -> str:
        """The hash that this record must carry."""
        content = self.model_dump(mode="json", exclude={"hash"})
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def sealed(self) -> Record:
        """This record with its hash."""
        return self.model_copy(update={"hash": self.digest()})


Journal = tuple[Record, ...]


def append(
    journal: Journal,
    at: datetime.datetime,
    kind: Kind,
    operation: int,
    body: dict[str, Any],
) -> Journal:
    """The journal with one more record, chained to the last."""
    last = journal[-1] if journal else None
    record = Record(
        number=last.number + 1 if last else 1,
        at=at,
        kind=kind,
        operation=operation,
        body=body,
        previous=last.hash if last else GENESIS,
    )
    return (*journal, record.sealed())


def flaws(journal: Sequence[Record]) -> tuple[str, ...]:
    """Every place where the chain does not hold, in words; none when nothing was changed.

    A journal that was cut at its beginning, as the peers' copy is, may begin with any number.
    """
    found: list[str] = []
    for index, record in enumerate(journal):
        if record.hash != record.digest():
            found.append(f"record {record.number}: its content was changed")
        if index == 0:
            if record.number == 1 and record.previous != GENESIS:
                found.append("record 1: it does not begin the chain")
            continue
        before = journal[index - 1]
        if record.number != before.number + 1:
            found.append(f"record {record.number}: it follows record {before.number}")
        elif record.previous != before.hash:
            found.append(f"record {record.number}: record {before.number} is not the one it knew")
    return tuple(found)


def to_text(journal: Sequence[Record]) -> str:
    """The journal as JSON lines."""
    return "".join(f"{record.model_dump_json()}\n" for record in journal)


def from_text(text: str) -> Journal:
    """The journal of these JSON lines.

    Raises:
        ValueError: a line is no record; the message names it.
    """
    # Not splitlines(): it also splits at the line separators of Unicode, which a text may hold.
    lines = text.removesuffix("\n").split("\n") if text else []
    return tuple(_record(*numbered) for numbered in enumerate(lines, start=1))


def tail(journal: Journal, size: int, keep: Collection[int] = ()) -> Journal:
    """The newest records of at most `size` bytes as JSON lines.

    The last record always stays, since the chain continues from it, and so does everything from
    the first record of an operation in `keep` on, because it has not ended.
    """
    first = next((i for i, r in enumerate(journal) if r.operation in keep), len(journal) - 1)
    start = max(first, 0)
    used = sum(len(record.model_dump_json()) + 1 for record in journal[start:])
    while start > 0:
        used += len(journal[start - 1].model_dump_json()) + 1
        if used > size:
            break
        start -= 1
    return journal[start:]


def _record(number: int, line: str) -> Record:
    """The record that a line holds."""
    try:
        return Record.model_validate_json(line)
    except pydantic.ValidationError as error:
        raise ValueError(f"line {number} of the journal is no record: {explain(error)}") from None
