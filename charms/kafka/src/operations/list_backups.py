# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every backup with its sizes, and whether it was verified and rehearsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backups import Access, access, told
from dataops.operations import Context, JobVerb, NoParams, Result, Scope, Work
from observed import Observed
from workload import Workload

if TYPE_CHECKING:
    from dataops.backup.catalogue import Entry, Verdict

_COLUMNS = ("id", "began", "size", "new", "topics", "state", "verified", "drill")


class Listed(Result):
    """One backup.

    Attributes:
        id: of the backup.
        began: when, in UTC.
        bytes: of logs in it.
        new_bytes: what had to be sent for it.
        topics: how many, Kafka's own left out.
        state: `good`, or why it cannot be restored.
        why: more about that.
        verified: when it was read back and how that ended; empty when it never was.
        drill: the same of the last rehearsal.
    """

    id: str
    began: str
    bytes: int
    new_bytes: int
    topics: int
    state: str
    why: str = ""
    verified: str = ""
    drill: str = ""


class Catalogue(Result):
    """All backups, oldest first.

    Attributes:
        table: for people.
        backups: for programs.
    """

    table: str
    backups: tuple[Listed, ...]


def prepare(context: Context[Observed, Workload, NoParams]) -> Access:
    """Where they are."""
    return access(context.observed, context.workload)


def work(work: Work[Access]) -> Catalogue:
    """Reads the manifests."""
    from dataops.backup.catalogue import entries

    with told():
        found = tuple(_listed(entry) for entry in entries(work.spec.shelf()))
    return Catalogue(table=_table(found), backups=found)


def _listed(entry: Entry) -> Listed:
    return Listed(
        id=entry.id,
        began=f"{entry.began:%Y-%m-%d %H:%M:%S}",
        bytes=entry.totals.bytes,
        new_bytes=entry.totals.new,
        topics=entry.topics,
        state=entry.state.value,
        why=entry.why,
        verified=_told(entry.verified),
        drill=_told(entry.drill),
    )


def _told(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    return f"{verdict.at:%Y-%m-%d %H:%M} {'well' if verdict.well else 'damaged'}"


def _table(found: tuple[Listed, ...]) -> str:
    if not found:
        return "There are no backups yet."
    rows = [_COLUMNS, *(_row(one) for one in found)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_COLUMNS))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _row(one: Listed) -> tuple[str, ...]:
    size, new = (f"{count / 1e6:.1f} MB" for count in (one.bytes, one.new_bytes))
    return (
        one.id, one.began, size, new, str(one.topics), one.state,
        one.verified or "never", one.drill or "never",
    )  # fmt: skip


VERB = JobVerb(
    name="list-backups",
    description="Every backup with its sizes, and whether it was verified and rehearsed.",
    prepare=prepare,
    work=work,
    params=NoParams,
    spec=Access,
    result=Catalogue,
    scope=Scope.LEADER,
)
