# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The documents of a backup: canonical JSON with the number of their format.

`Begun` is written first and says who copies what; each unit answers with a `Part`; the `Manifest`
is written last. A backup without a manifest that reads back well is no backup.
"""

from __future__ import annotations

import datetime
import json
from typing import Any, TypeVar, cast

import pydantic

from dataops.backup._models import (
    FORMAT,
    Absent,
    BackupId,
    Cluster,
    ClusterMetadata,
    Count,
    Epoch,
    File,
    Group,
    GroupOffset,
    Partition,
    Piece,
    Segment,
    Span,
    Topic,
    Totals,
    Tree,
    TreeFile,
    Trouble,
    Value,
)

__all__ = [
    "FORMAT", "Absent", "AnyDocument", "Begun", "Cluster", "ClusterMetadata", "Document",
    "Epoch", "File", "Group", "GroupOffset", "Manifest", "ManifestError", "NewerError", "Part",
    "Partition", "Piece", "Segment", "Share", "Span", "Topic", "Totals", "Tree", "TreeFile",
    "Trouble", "Unit", "UnreadableError", "begun_key", "directory", "dump", "load",
    "manifest_key", "new_id", "part_key",
]  # fmt: skip


_ID = "%Y%m%dT%H%M%SZ"


class ManifestError(Exception):
    """A document of a backup cannot be used."""


class UnreadableError(ManifestError):
    """It is truncated, altered, or none of ours."""


class NewerError(ManifestError):
    """It was written by a newer program, in a format that this one does not know."""


class Share(Value):
    """What one unit copies.

    Attributes:
        unit: such as `kafka/0`.
        node: its node id.
        partitions: `(topic, index)` of those that it leads when the backup begins.
    """

    unit: str
    node: Count
    partitions: tuple[tuple[str, int], ...] = ()


class Document(Value):
    """What all documents say.

    Attributes:
        format: see `FORMAT`.
        id: of the backup: when it began, in UTC; sorts by time.
    """

    format: int = FORMAT
    id: BackupId


class Begun(Document):
    """How a backup begins: everything that must be known before the first cut.

    Attributes:
        began: by the leader's clock.
        shares: who copies what.
        topics: as they were then.
        groups: captured before any cut, so that no consumer can skip a record.
        continuous: whether it is one of those that follow each other by themselves.
    """

    cluster: Cluster
    began: datetime.datetime
    continuous: bool = False
    shares: tuple[Share, ...] = ()
    topics: tuple[Topic, ...] = ()
    groups: tuple[Group, ...] = ()


class Part(Document):
    """What one unit backed up.

    Attributes:
        cut: when its files were linked, by its clock.
        metadata: its copy of the cluster's metadata.
    """

    unit: str
    node: Count
    began: datetime.datetime
    cut: datetime.datetime
    finished: datetime.datetime
    partitions: tuple[Partition, ...] = ()
    absent: tuple[Absent, ...] = ()
    metadata: ClusterMetadata | None = None
    totals: Totals = Totals()


class Unit(Value):
    """How one unit did its part."""

    unit: str
    node: Count
    began: datetime.datetime
    cut: datetime.datetime
    finished: datetime.datetime
    totals: Totals = Totals()


class Manifest(Document):
    """A whole backup.

    Attributes:
        began, finished: by the leader's clock.
        units: who took part, and when each cut its log.
        topics: those that are in it whole.
        partitions: ordered by topic and index, each once.
        groups: offsets of partitions in it.
        metadata: the newest copy of the cluster's metadata.
        absent: what was deleted or created meanwhile, and so is left out.
        tree: the files of an application that is not Kafka.
        continuous: as it began.
    """

    cluster: Cluster
    began: datetime.datetime
    finished: datetime.datetime
    continuous: bool = False
    units: tuple[Unit, ...] = ()
    topics: tuple[Topic, ...] = ()
    partitions: tuple[Partition, ...] = ()
    groups: tuple[Group, ...] = ()
    metadata: ClusterMetadata | None = None
    absent: tuple[Absent, ...] = ()
    tree: Tree | None = None
    totals: Totals = Totals()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every object that it refers to, each once, in order of its key."""
        files = self.metadata.files if self.metadata else ()
        found = {p.object_key: p for f in files for p in f.pieces}
        found.update((p.object_key, p) for p in (self.tree.pieces if self.tree else ()))
        for partition in self.partitions:
            for segment in partition.segments:
                found.update((piece.object_key, piece) for piece in segment.pieces)
        return tuple(found[key] for key in sorted(found))

    @property
    def keys(self) -> frozenset[str]:
        """Ids of the keys that open what is sealed."""
        return frozenset(piece.key for piece in self.pieces if piece.key)


AnyDocument = TypeVar("AnyDocument", bound=Document)


def new_id(now: datetime.datetime, taken: tuple[str, ...] = ()) -> str:
    """The id of a backup that begins now: `20261122T215036Z`, with `-2` if that is taken.

    Should a clock go back, or another unit lead whose clock is behind, the id is a second later
    than the latest: the newest backup stays the newest.
    """
    base = now.astimezone(datetime.timezone.utc).strftime(_ID)
    if taken and (latest := max(taken)[:16]) > base:
        second = datetime.datetime.strptime(latest, _ID) + datetime.timedelta(seconds=1)
        base = second.strftime(_ID)
    number = 1
    while (name := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return name


def directory(backup: str) -> str:
    """Where a backup's documents lie, below the cluster's directory of the store."""
    return f"backups/{backup}/"


def begun_key(backup: str) -> str:
    """Where it says how it began."""
    return f"{directory(backup)}begun.json"


def manifest_key(backup: str) -> str:
    """Where its manifest lies."""
    return f"{directory(backup)}manifest.json"


def part_key(backup: str, unit: str) -> str:
    """Where the part of one unit lies: `kafka/0` wrote `parts/kafka-0.json`."""
    return f"{directory(backup)}parts/{unit.replace('/', '-')}.json"


def dump(document: pydantic.BaseModel) -> bytes:
    """Canonical JSON: keys in order, no white space, UTF-8; the same bytes for the same value."""
    value = document.model_dump(mode="json")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def load(kind: type[AnyDocument], data: bytes, where: str) -> AnyDocument:
    """The document in some bytes.

    Args:
        kind: what it should be.
        data: as stored.
        where: names it in errors.

    Raises:
        NewerError: its format is newer than `FORMAT`.
        UnreadableError: it is truncated, or says something that cannot be.
    """
    try:
        value = json.loads(data)
    except ValueError as error:
        raise UnreadableError(
            f"{where} is no JSON ({error}): it is truncated or was altered."
        ) from None
    number = cast("dict[str, Any]", value).get("format") if isinstance(value, dict) else None
    if isinstance(number, int) and number > FORMAT:
        raise NewerError(
            f"{where} has format {number}; this version reads up to {FORMAT}: "
            "refresh the charm to the revision that wrote it, or a later one."
        )
    try:
        return kind.model_validate(value)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise UnreadableError(
            f"{where} is no {kind.__name__.lower()}: {place}: {first['msg']}"
        ) from None
