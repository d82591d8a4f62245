# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every backup of a cluster, and what is known of each."""

from __future__ import annotations

import datetime
import enum
from typing import Any

import pydantic

from dataops.backup.manifest import (
    Begun,
    Document,
    Manifest,
    ManifestError,
    NewerError,
    Totals,
    begun_key,
    directory,
    manifest_key,
)
from dataops.backup.shelf import BACKUPS, Shelf
from dataops.objectstore import Store


def clusters(store: Store) -> tuple[str, ...]:
    """Ids of all clusters that have backups in the store.

    Raises:
        StoreError: it does not answer.
    """
    return tuple(one for one in store.parts() if BACKUPS in store.parts(one))


class State(str, enum.Enum):
    """Whether a backup can be restored.

    GOOD: its manifest was written last, and reads well. UNFINISHED: it has none: it runs, or was
    given up. DAMAGED: its manifest does not read. NEWER: a newer version wrote it.
    """

    GOOD = "good"
    UNFINISHED = "unfinished"
    DAMAGED = "damaged"
    NEWER = "newer"


class Verdict(Document):
    """What a look at a backup said: `verified.json` and `drill.json` beside its manifest.

    Attributes:
        at: when.
        by: which unit looked.
        well: whether nothing was wrong.
        problems: what was, most important first.
        seconds: how long it took.
        digests: of records, by partition: see `content.Digest`; where it was asked for.
        facts: more, for people and reports.
    """

    at: datetime.datetime
    by: str
    well: bool
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    digests: dict[str, str] = pydantic.Field(default_factory=dict)
    facts: dict[str, Any] = pydantic.Field(default_factory=dict)


class Entry(pydantic.BaseModel):
    """One backup.

    Attributes:
        id: of the backup.
        state: see `State`.
        began: when.
        why: what is wrong with it, where something is.
        topics: how many are in it, Kafka's own left out.
        partitions: how many.
        files: how many, of an application that is not Kafka.
        totals: sizes in bytes, seconds.
        units: whose parts there are.
        continuous: whether it is one of those that follow each other by themselves.
        verified: what `verify-backup` said last; None when it never looked.
        drill: what the last rehearsal with it said.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    id: str
    state: State
    began: datetime.datetime
    why: str = ""
    topics: int = 0
    partitions: int = 0
    files: int = 0
    totals: Totals = Totals()
    units: tuple[str, ...] = ()
    continuous: bool = False
    verified: Verdict | None = None
    drill: Verdict | None = None

    @property
    def proved(self) -> bool:
        """Whether it was read back, or restored, and all was well the last time."""
        looked = [one for one in (self.verified, self.drill) if one]
        return bool(looked) and max(looked, key=lambda one: one.at).well


def verified_key(backup: str) -> str:
    """Where the last verification's verdict lies."""
    return f"{directory(backup)}verified.json"


def drill_key(backup: str) -> str:
    """Where the last rehearsal's verdict lies."""
    return f"{directory(backup)}drill.json"


def entries(shelf: Shelf) -> tuple[Entry, ...]:
    """Every backup, oldest first; raises `StoreError`."""
    return tuple(entry(shelf, backup) for backup in shelf.backups())


def entry(shelf: Shelf, backup: str) -> Entry:
    """What is known of one backup."""
    try:
        manifest = shelf.read(Manifest, manifest_key(backup))
    except NewerError as error:
        return Entry(id=backup, state=State.NEWER, began=_time(backup), why=str(error))
    except ManifestError as error:
        return Entry(id=backup, state=State.DAMAGED, began=_time(backup), why=str(error))
    if manifest is None:
        return _unfinished(shelf, backup)
    return Entry(
        id=backup,
        state=State.GOOD,
        began=manifest.began,
        topics=sum(not topic.internal for topic in manifest.topics),
        partitions=len(manifest.partitions),
        files=len(manifest.tree.files) if manifest.tree else 0,
        totals=manifest.totals,
        units=tuple(unit.unit for unit in manifest.units),
        continuous=manifest.continuous,
        verified=_verdict(shelf, verified_key(backup)),
        drill=_verdict(shelf, drill_key(backup)),
    )


def newest_good(shelf: Shelf) -> Entry | None:
    """The newest backup that can be restored; None when there is none."""
    for backup in reversed(shelf.backups()):
        found = entry(shelf, backup)
        if found.state is State.GOOD:
            return found
    return None


def _unfinished(shelf: Shelf, backup: str) -> Entry:
    why = "it has no manifest: it runs, or was given up"
    try:
        begun = shelf.read(Begun, begun_key(backup))
    except ManifestError as error:
        begun, why = None, str(error)
    began = begun.began if begun else _time(backup)
    continuous = begun is not None and begun.continuous
    return Entry(id=backup, state=State.UNFINISHED, began=began, why=why, continuous=continuous)


def _verdict(shelf: Shelf, key: str) -> Verdict | None:
    try:
        return shelf.read(Verdict, key)
    except ManifestError:
        # What cannot be read proves nothing.
        return None


def _time(backup: str) -> datetime.datetime:
    """When a backup began, by its id."""
    try:
        found = datetime.datetime.strptime(backup[:16], "%Y%m%dT%H%M%SZ")
    except ValueError:
        return datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
    return found.replace(tzinfo=datetime.timezone.utc)
