# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`snapshot` of day2 itself: its journal, and what it did, for a post-mortem."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from archive import Archive
from dataops.operations import Context
from dataops.snapshot import job
from dataops.snapshot.job import Spec, Where
from history import operations
from journal import Record
from observed import Observed

if TYPE_CHECKING:
    from dataops.snapshot.collect import Collection

_NEWEST = 500


class Day2Spec(Spec):
    """What the job is told.

    Attributes:
        journal: this unit's copy of it.
        lines: its newest records, a line each that begins with its time.
        operations: how many it tells of.
    """

    journal: Path
    lines: str
    operations: int


def prepare(context: Context[Observed, Archive, Where]) -> Day2Spec:
    """What the job needs to know, with every secret that this unit knows."""
    o = context.observed
    store = o.store.secrets() if o.store else {}
    accesses = [access for access in (o.kafka, o.canary) if access]
    logins = [*accesses, *([o.prometheus] if o.prometheus and o.prometheus.password else [])]
    hidden = {f"password of {login.username}": login.password for login in logins}
    return Day2Spec(
        **job.told(context, {**hidden, **store}),
        journal=context.workload.journal,
        lines="".join(_line(record) for record in o.journal[-_NEWEST:]),
        operations=len(operations(o.journal)),
    )


def gather(collection: Collection, spec: Day2Spec) -> str:
    """What only day2 has; a line about it."""
    collection.file("operations/journal.jsonl", spec.journal)
    collection.text("logs/operations.log", lambda: spec.lines)
    collection.in_timeline("logs/operations.log")
    return f"Day 2: {spec.operations} operations in the journal"


def _line(record: Record) -> str:
    """A record as a timeline reads it."""
    kind = getattr(record.kind, "value", record.kind)
    body = record.body
    about = [body.get("step"), body.get("from"), body.get("status"), body.get("message")]
    outcome = body.get("outcome", {})
    about += [outcome.get("status"), outcome.get("message")]
    told = " ".join(str(each) for each in about if each)
    return f"{record.at.isoformat()} operation {record.operation} {kind} {told}\n"


VERB = job.collecting(prepare, gather, Day2Spec)
