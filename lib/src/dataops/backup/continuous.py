# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Backups that follow each other by themselves, every few minutes, agreed upon in the store.

The leader begins one and ends it, every unit does its part as soon as it sees that one runs. There
is nobody between them but the store, so any of them may be killed at any moment, and whoever leads
then goes on. Each is a backup like any other: it is restored, verified and listed the same way.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from dataops.backup import finishing, pruning, retention
from dataops.backup.catalogue import drill_key, verified_key
from dataops.backup.manifest import (
    Begun,
    Manifest,
    ManifestError,
    Share,
    begun_key,
    manifest_key,
    part_key,
)
from dataops.backup.shelf import Shelf
from dataops.backup.standing import STANDING, Standing


def standing(shelf: Shelf) -> Standing | None:
    """How it stands; None before the first backup began, or when nobody can read it any more."""
    try:
        return shelf.read(Standing, STANDING)
    except ManifestError:
        # It is only a memory: the next backup that begins writes it anew.
        return None


def begin(shelf: Shelf, begun: Begun, before: Standing | None) -> Standing:
    """A backup begins; others that were begun so and never ended are removed.

    Args:
        shelf: of the cluster.
        begun: the backup.
        before: how it stood.

    Raises:
        CollectingError: objects are being collected; nothing was begun.
        StoreError: the store fails.
    """
    for stray in _strays(shelf):
        pruning.remove(shelf, stray)
    pruning.begin(shelf, begun)
    now = Standing(
        id=begun.id,
        began=begun.began,
        points=(*(before.points if before else ()), begun.id),
        newest=before.newest if before else "",
        until=before.until if before else None,
    )
    shelf.write(STANDING, now)
    return now


def lacking(shelf: Shelf, begun: Begun) -> tuple[Share, ...]:
    """The shares of those that have not done their part yet."""
    return tuple(one for one in begun.shares if shelf.head(part_key(begun.id, one.unit)) is None)


def end(shelf: Shelf, now: Standing, topics: Iterable[str], moment: datetime.datetime) -> Standing:
    """The backup is whole, and older ones that nobody needs any more are gone.

    Args:
        shelf: of the cluster.
        now: how it stands.
        topics: names of the topics that there are.
        moment: the time.

    Raises:
        FinishError: something lacks; see `finishing.finish`.
        StoreError: the store fails.
    """
    made = finishing.finish(shelf, now.id, topics, moment)
    told = now.model_copy(update={"runs": False, "newest": made.id, "until": _until(made)})
    shelf.write(STANDING, told)
    thinner = told.model_copy(update={"points": _thinned(shelf, told, moment)})
    if thinner != told:
        shelf.write(STANDING, thinner)
    return thinner


def give_up(shelf: Shelf, now: Standing) -> Standing:
    """The backup that runs is no more; what was sent for it stays for the next one."""
    pruning.remove(shelf, now.id)
    left = tuple(one for one in now.points if one != now.id)
    told = now.model_copy(update={"runs": False, "points": left})
    shelf.write(STANDING, told)
    return told


def _strays(shelf: Shelf) -> tuple[str, ...]:
    """Those that somebody who led before began, and nobody will end."""
    keys = {one.key for one in shelf.list("backups")}
    ids = {key.split("/")[1] for key in keys if key.count("/") > 1}
    unfinished = [one for one in sorted(ids) if manifest_key(one) not in keys]
    return tuple(one for one in unfinished if _continuous(shelf, one))


def _continuous(shelf: Shelf, backup: str) -> bool:
    try:
        begun = shelf.read(Begun, begun_key(backup))
    except ManifestError:
        return False
    return begun is not None and begun.continuous


def _until(made: Manifest) -> datetime.datetime:
    return min((unit.cut for unit in made.units), default=made.began)


def _thinned(shelf: Shelf, now: Standing, moment: datetime.datetime) -> tuple[str, ...]:
    """Which are looked after from now on; those that were verified or rehearsed are let be."""
    began = {one: began_of(one) for one in now.points}
    gone = set(retention.thinned(began, moment)) - {now.newest}
    for one in sorted(gone):
        if shelf.head(verified_key(one)) is None and shelf.head(drill_key(one)) is None:
            pruning.remove(shelf, one)
    return tuple(one for one in now.points if one not in gone)


def began_of(backup: str) -> datetime.datetime:
    """When a backup began, as its id says."""
    moment = datetime.datetime.strptime(backup[:16], "%Y%m%dT%H%M%SZ")
    return moment.replace(tzinfo=datetime.timezone.utc)
