# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Backups and objects that nobody needs any more, taken away without harm to a running backup.

A backup that runs may count on any object that it found in the store. So a collection says that it
is under way, and then looks whether a backup is; a backup that begins says so, and then looks
whether a collection is under way. One of them sees the other, and waits: the collection for the
next time, the backup for the collection's end.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from dataops.backup import retention
from dataops.backup.catalogue import Entry, State, entries
from dataops.backup.manifest import (
    Begun,
    Manifest,
    Piece,
    begun_key,
    directory,
    manifest_key,
)
from dataops.backup.shelf import SEGMENTS, Shelf
from dataops.backup.standing import STANDING

COLLECTING = "collecting.json"
# A collection ends itself by then; a mark that is older was left by one that was killed.
_LONGEST = datetime.timedelta(hours=1)
_DELETING = 30 * 60
_BATCH = 500
_PAUSE = 2.0
# Continuous backup is at work if it has written how it stands since then; what it sends ahead is
# part of a backup by then.
_LIVELY = datetime.timedelta(days=1)
_AHEAD = datetime.timedelta(hours=1)


class CollectingError(Exception):
    """A collection is under way; the backup begins after it."""


class Pruned(NamedTuple):
    """What was taken away.

    Attributes:
        backups: ids.
        objects, bytes: of segments that no backup needs any more.
        postponed: the backup that runs, for which objects were left until the next time.
    """

    backups: tuple[str, ...]
    objects: int
    bytes: int
    postponed: str = ""


def begin(shelf: Shelf, begun: Begun) -> None:
    """Write down that a backup begins.

    Raises:
        CollectingError: objects are being collected; nothing was begun.
        StoreError: the store fails.
    """
    shelf.write(begun_key(begun.id), begun)
    mine, mark = shelf.head(begun_key(begun.id)), shelf.head(COLLECTING)
    # Both times are the store's own.
    if mark and mine and mine.modified - mark.modified < _LONGEST:
        shelf.delete([begun_key(begun.id)])
        raise CollectingError(
            f"prune-backups is collecting objects of {shelf.where} since {mark.modified:%H:%M:%S} "
            "UTC: try again in a few minutes."
        )


def prune(
    shelf: Shelf,
    *,
    keep_last: int,
    keep_days: int,
    now: datetime.datetime,
    check: Callable[[], None] = lambda: None,
    patience: float = 0.0,
) -> Pruned:
    """Take away what retention allows, and then the objects that no backup refers to.

    Args:
        shelf: of the cluster.
        keep_last: see `retention.to_remove`.
        keep_days: see `retention.to_remove`.
        now: the time.
        check: raises when this is not wanted any more.
        patience: seconds to wait for the end of a backup that began by itself: the next one of
            these begins only after this.
    """
    known = entries(shelf)
    gone = retention.to_remove(known, keep_last=keep_last, keep_days=keep_days, now=now)
    for backup in gone:
        check()
        remove(shelf, backup)
    shelf.put(COLLECTING, b"{}")
    try:
        left = _settled(shelf, patience, check)
        running = [entry.id for entry in left if entry.state is State.UNFINISHED]
        # What it refers to is unknown: nothing can be called unneeded.
        unknown = [e.id for e in left if e.state in (State.NEWER, State.DAMAGED)]
        if running or unknown:
            return Pruned(gone, 0, 0, (running or unknown)[0])
        objects, size = _collect(shelf, [entry.id for entry in left], check)
        return Pruned(gone, objects, size)
    finally:
        shelf.delete([COLLECTING])


def _settled(shelf: Shelf, patience: float, check: Callable[[], None]) -> tuple[Entry, ...]:
    """Every backup, once none of those runs that follow each other by themselves."""
    until = time.monotonic() + patience
    while True:
        left = entries(shelf)
        soon = any(one.continuous and one.state is State.UNFINISHED for one in left)
        if not soon or time.monotonic() >= until:
            return left
        check()
        time.sleep(_PAUSE)


def remove(shelf: Shelf, backup: str) -> None:
    """Take a backup's documents away, and none of its objects.

    The manifest goes first: what is half removed is no good backup.
    """
    shelf.delete([manifest_key(backup)])
    # The beginning last: an interrupted removal is found again.
    rest = [one.key for one in shelf.list(directory(backup).rstrip("/"))]
    begun = begun_key(backup)
    shelf.delete(key for key in rest if key != begun)
    shelf.delete([begun])


def _collect(shelf: Shelf, backups: Iterable[str], check: Callable[[], None]) -> tuple[int, int]:
    needed: set[str] = set()
    for backup in backups:
        needed.update(piece.object_key for piece in _pieces(shelf, backup))
    young = _sent_ahead(shelf)
    spare = [
        one
        for one in shelf.list(SEGMENTS)
        if one.key not in needed and (young is None or one.modified < young)
    ]
    started, count, size = time.monotonic(), 0, 0
    for first in range(0, len(spare), _BATCH):
        check()
        if time.monotonic() - started > _DELETING:
            break
        batch = spare[first : first + _BATCH]
        shelf.delete(one.key for one in batch)
        count, size = count + len(batch), size + sum(one.size for one in batch)
    return count, size


def _sent_ahead(shelf: Shelf) -> datetime.datetime | None:
    """Since when objects may have been sent for a backup that has not begun; None when none are.

    A unit that found its object gone would send it again, so this only spares the work.
    """
    standing, mark = shelf.head(STANDING), shelf.head(COLLECTING)
    if standing is None or mark is None or mark.modified - standing.modified > _LIVELY:
        return None
    return mark.modified - _AHEAD


def _pieces(shelf: Shelf, backup: str) -> Iterable[Piece]:
    return shelf.need(Manifest, manifest_key(backup)).pieces
