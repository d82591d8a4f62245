# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`list-backups`: every backup with its sizes, and whether it was verified and rehearsed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from dataops.backup.verbs._access import Access, Where, told, usable
from dataops.operations import Context, JobVerb, Result, Scope, Work

if TYPE_CHECKING:
    from dataops.backup.catalogue import Entry, Verdict


class Listed(Result):
    """One backup.

    Attributes:
        id: of the backup.
        cluster: whose it is: Kafka's cluster id, or one unit's place in the store.
        kind: `continuous` for those that follow each other by themselves, else `asked`.
        began: when, in UTC.
        bytes: of logs in it.
        new_bytes: what had to be sent for it.
        topics: how many, Kafka's own left out.
        files: how many, of an application that is not Kafka.
        state: `good`, or why it cannot be restored.
        why: more about that.
        verified: when it was read back and how that ended; empty when it never was.
        drill: the same of the last rehearsal.
    """

    id: str
    cluster: str
    kind: str
    began: str
    bytes: int
    new_bytes: int
    topics: int
    files: int = 0
    state: str
    why: str = ""
    verified: str = ""
    drill: str = ""


class Catalogue(Result):
    """All backups, oldest first.

    Attributes:
        place: of these backups in the store: Kafka's cluster id, or a unit's own name for it;
            another application or unit restores from it by this name.
        table: for people.
        backups: for programs.
    """

    place: str = ""
    table: str
    backups: tuple[Listed, ...]


def listing(
    where: Callable[[Context[Any, Any, Where]], Access],
    *,
    counted: Literal["topics", "files"],
    scope: Scope,
) -> JobVerb[Any, Any, Where, Access, Catalogue]:
    """The verb of a charm.

    Args:
        where: the charm's backups.
        counted: what is in a backup.
        scope: `LEADER` where the units have one list, `UNIT` where each has its own.
    """

    def work(work: Work[Access]) -> Catalogue:
        from dataops.backup.catalogue import entries

        if work.spec.target is None:
            return Catalogue(table=work.spec.nowhere, backups=())
        with told():
            place = work.spec.cluster
            found = tuple(_listed(entry, place) for entry in entries(work.spec.shelf()))
        return Catalogue(place=place, table=_table(found, counted, place), backups=found)

    return JobVerb(
        name="list-backups",
        description="Every backup with its sizes, and whether it was verified and rehearsed.",
        prepare=lambda context: usable(where(context), context.params),
        work=work,
        params=Where,
        spec=Access,
        result=Catalogue,
        scope=scope,
    )


def _listed(entry: Entry, place: str) -> Listed:
    return Listed(
        id=entry.id,
        cluster=place,
        kind="continuous" if entry.continuous else "asked",
        began=f"{entry.began:%Y-%m-%d %H:%M:%S}",
        bytes=entry.totals.bytes,
        new_bytes=entry.totals.new,
        topics=entry.topics,
        files=entry.files,
        state=entry.state.value,
        why=entry.why,
        verified=_told(entry.verified),
        drill=_told(entry.drill),
    )


def _told(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    return f"{verdict.at:%Y-%m-%d %H:%M} {'well' if verdict.well else 'damaged'}"


def _table(found: tuple[Listed, ...], counted: str, place: str) -> str:
    whose = f"cluster {place}" if counted == "topics" else f"place {place}"
    if not found:
        return f"There are no backups yet of {whose}."
    columns = ("id", "kind", "began", "size", "new", counted, "state", "verified", "drill")
    rows = [columns, *(_row(one, counted) for one in found)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(columns))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join([f"Backups of {whose}", *(line.rstrip() for line in lines)])


def _row(one: Listed, counted: str) -> tuple[str, ...]:
    size, new = (f"{count / 1e6:.1f} MB" for count in (one.bytes, one.new_bytes))
    count = one.topics if counted == "topics" else one.files
    return (
        one.id, one.kind, one.began, size, new, str(count), one.state,
        one.verified or "never", one.drill or "never",
    )  # fmt: skip
