# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which backups may go. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from dataops.backup.catalogue import Entry, State

# A backup that has not ended by then was given up: running ones take hours at most.
ABANDONED = datetime.timedelta(days=1)
# So long all continuous ones stay, and so long one of each hour.
EACH = datetime.timedelta(hours=1)
HOURLY = datetime.timedelta(days=1)


def to_remove(
    entries: Iterable[Entry],
    *,
    keep_last: int,
    keep_days: int,
    now: datetime.datetime,
) -> tuple[str, ...]:
    """Ids of the backups that may go, oldest first.

    A good backup stays while it is among the newest, or young enough. The newest good one always
    stays, and so does the newest that was read back well: a newer one that turns out to be damaged
    must not leave the team with nothing. What was begun and given up goes; what this version
    cannot read stays, for a newer version can. Of those that follow each other by themselves, ever
    fewer stay the older they are: see `thinned`.

    Args:
        entries: every backup.
        keep_last: how many of the newest good ones that were asked for stay.
        keep_days: those that began less than so many days ago stay.
        now: the time.
    """
    ordered = sorted(entries, key=lambda entry: entry.id)
    good = [entry for entry in ordered if entry.state is State.GOOD]
    asked = [entry for entry in good if not entry.continuous]
    kept = {entry.id for entry in [*good[-1:], *asked[-max(1, keep_last) :]]}
    kept |= {entry.id for entry in [one for one in good if one.proved][-1:]}
    sparse = frozenset(thinned({e.id: e.began for e in good if e.continuous}, now))
    oldest = now - datetime.timedelta(days=keep_days)
    return tuple(
        entry.id
        for entry in ordered
        if entry.id not in kept and (entry.id in sparse or _may_go(entry, oldest, now - ABANDONED))
    )


def thinned(points: Mapping[str, datetime.datetime], now: datetime.datetime) -> tuple[str, ...]:
    """Which of the backups that follow each other by themselves may go, oldest first.

    All of the last hour stay, then the last one of each hour, and after a day none but the newest.

    Args:
        points: when each began, by id.
        now: the time.
    """
    ordered = sorted(points)
    kept = set(ordered[-1:])
    last: dict[datetime.datetime, str] = {}
    for one in ordered:
        began = points[one]
        if now - began <= EACH:
            kept.add(one)
        elif now - began <= HOURLY:
            last[began.replace(minute=0, second=0, microsecond=0)] = one
    kept.update(last.values())
    return tuple(one for one in ordered if one not in kept)


def _may_go(entry: Entry, oldest: datetime.datetime, abandoned: datetime.datetime) -> bool:
    if entry.continuous and entry.state is State.GOOD:
        return False
    if entry.state is State.UNFINISHED:
        return entry.began < abandoned
    return entry.state in (State.GOOD, State.DAMAGED) and entry.began < oldest
