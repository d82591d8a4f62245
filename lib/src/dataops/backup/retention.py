# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which backups may go. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from dataops.backup.catalogue import Entry, State

# A backup that has not ended by then was given up: running ones take hours at most.
ABANDONED = datetime.timedelta(days=1)


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
    cannot read stays, for a newer version can.

    Args:
        entries: every backup.
        keep_last: how many of the newest good ones stay.
        keep_days: those that began less than so many days ago stay.
        now: the time.
    """
    ordered = sorted(entries, key=lambda entry: entry.id)
    good = [entry for entry in ordered if entry.state is State.GOOD]
    kept = {entry.id for entry in good[-max(1, keep_last) :]}
    kept |= {entry.id for entry in [one for one in good if one.proved][-1:]}
    oldest = now - datetime.timedelta(days=keep_days)
    return tuple(
        entry.id
        for entry in ordered
        if entry.id not in kept and _may_go(entry, oldest, now - ABANDONED)
    )


def _may_go(entry: Entry, oldest: datetime.datetime, abandoned: datetime.datetime) -> bool:
    if entry.state is State.UNFINISHED:
        return entry.began < abandoned
    return entry.state in (State.GOOD, State.DAMAGED) and entry.began < oldest
