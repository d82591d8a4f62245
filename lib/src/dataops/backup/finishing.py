# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How a backup begins and ends: who copies what, and the manifest made of everybody's part."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from dataops.backup.manifest import (
    Absent,
    Begun,
    ClusterMetadata,
    Group,
    Manifest,
    Part,
    Partition,
    Share,
    Topic,
    Totals,
    Trouble,
    Unit,
    begun_key,
    manifest_key,
    part_key,
)
from dataops.backup.shelf import SEGMENTS, Shelf


class FinishError(Exception):
    """The backup is not whole; the message names what lacks and the next move."""


class LostError(FinishError):
    """Objects that the parts refer to are not in the store.

    Attributes:
        units: whose parts have to be done again.
    """

    def __init__(self, units: Iterable[str], key: str) -> None:
        self.units = tuple(sorted(units))
        super().__init__(
            f"The store lost {key}, which {', '.join(self.units)} shipped or found there; run "
            "create-backup with the same id again on these units, and then finish-backup."
        )


def shares(leaders: Mapping[tuple[str, int], int], units: Mapping[int, str]) -> tuple[Share, ...]:
    """Who copies what: every unit what it leads.

    Args:
        leaders: node id by topic and index.
        units: by node id; each gets a share, if only an empty one.

    Raises:
        FinishError: a partition has no leader, or a node that is none of the units'.
    """
    lost = sorted(f"{topic}-{i}" for (topic, i), node in leaders.items() if node not in units)
    if lost:
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        raise FinishError(
            f"No unit leads {', '.join(lost[:5])}{more}: without a leader nobody knows which of "
            "its records count. See `list-topics`, and bring the brokers back."
        )
    return tuple(
        Share(
            unit=units[node],
            node=node,
            partitions=tuple(sorted(where for where, leader in leaders.items() if leader == node)),
        )
        for node in sorted(units)
    )


def finish(
    shelf: Shelf, backup: str, topics_now: Iterable[str], now: datetime.datetime
) -> Manifest:
    """The manifest, written and read back: from then on the backup is good.

    Args:
        shelf: where the parts are.
        backup: its id.
        topics_now: names of the topics that there are at the end.
        now: by this unit's clock.

    Raises:
        FinishError: a unit has not done its part, or a partition is in none.
        LostError: objects are missing; their units' parts were removed.
        StoreError: the store fails.
    """
    done = shelf.read(Manifest, manifest_key(backup))
    if done is not None:
        return done
    begun = shelf.need(Begun, begun_key(backup))
    parts = [shelf.read(Part, part_key(backup, share.unit)) for share in begun.shares]
    lacking = [s.unit for s, part in zip(begun.shares, parts, strict=True) if part is None]
    if lacking:
        raise FinishError(
            f"{', '.join(lacking)} did not do their part of backup {backup}: run create-backup "
            f"with id={backup} there; it goes on where it was."
        )
    manifest = merged(begun, [part for part in parts if part], frozenset(topics_now), now)
    _all_there(shelf, backup, [part for part in parts if part])
    shelf.write(manifest_key(backup), manifest)
    return manifest


def merged(
    begun: Begun, parts: Iterable[Part], topics_now: frozenset[str], now: datetime.datetime
) -> Manifest:
    """The manifest of everybody's part; raises `FinishError`. Pure."""
    parts = sorted(parts, key=lambda part: part.node)
    found = {(p.topic, p.index): p for part in parts for p in part.partitions}
    gone = {one.topic for part in parts for one in part.absent}
    for topic in begun.topics:
        lacking = [i for i in range(topic.partitions) if (topic.name, i) not in found]
        if lacking and topic.name not in gone:
            raise FinishError(
                f"{topic.name}-{lacking[0]} is in no unit's part of backup {begun.id}: take a "
                "new one."
            )
    kept = tuple(topic for topic in begun.topics if topic.name not in gone)
    partitions = _of(kept, found)
    created = topics_now - {topic.name for topic in begun.topics}
    absent = [Absent(topic=name, why=Trouble.DELETED) for name in sorted(gone)]
    absent += [Absent(topic=name, why=Trouble.CREATED) for name in sorted(created)]
    return Manifest(
        id=begun.id,
        cluster=begun.cluster,
        began=begun.began,
        finished=now,
        continuous=begun.continuous,
        units=tuple(_unit(part) for part in parts),
        topics=kept,
        partitions=partitions,
        groups=_groups(begun.groups, {(p.topic, p.index) for p in partitions}),
        metadata=_newest(part.metadata for part in parts),
        absent=tuple(absent),
        totals=Totals(
            bytes=sum(part.totals.bytes for part in parts),
            stored=sum(part.totals.stored for part in parts),
            new=sum(part.totals.new for part in parts),
            seconds=max(0.0, (now - begun.began).total_seconds()),
        ),
    )


def _of(
    topics: Iterable[Topic], found: Mapping[tuple[str, int], Partition]
) -> tuple[Partition, ...]:
    names = {topic.name for topic in topics}
    return tuple(found[where] for where in sorted(found) if where[0] in names)


def _groups(groups: Iterable[Group], there: set[tuple[str, int]]) -> tuple[Group, ...]:
    kept = (
        group.model_copy(
            update={"offsets": tuple(o for o in group.offsets if (o.topic, o.partition) in there)}
        )
        for group in groups
    )
    return tuple(sorted((group for group in kept if group.offsets), key=lambda one: one.name))


def _newest(copies: Iterable[ClusterMetadata | None]) -> ClusterMetadata | None:
    return max((copy for copy in copies if copy), key=lambda copy: copy.end, default=None)


def _unit(part: Part) -> Unit:
    return Unit(
        unit=part.unit,
        node=part.node,
        began=part.began,
        cut=part.cut,
        finished=part.finished,
        totals=part.totals,
    )


def _all_there(shelf: Shelf, backup: str, parts: Iterable[Part]) -> None:
    """Return when every object is in the store, with the size it should have."""
    sizes = {one.key: one.size for one in shelf.list(SEGMENTS)}
    lost: dict[str, str] = {}
    for part in parts:
        files = part.metadata.files if part.metadata else ()
        pieces = [p for file in files for p in file.pieces]
        pieces += [p for one in part.partitions for s in one.segments for p in s.pieces]
        for piece in pieces:
            if sizes.get(piece.object_key) != piece.stored:
                lost.setdefault(part.unit, piece.object_key)
    if lost:
        # Their units go on from their parts: without them they look again at what is there.
        shelf.delete(part_key(backup, unit) for unit in lost)
        raise LostError(lost, sorted(lost.values())[0])
