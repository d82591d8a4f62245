# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Backups made of a broker's own files, for tests of what reads them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from dataops.backup import batches, content, metadata
from dataops.backup.manifest import (
    Cluster,
    ClusterMetadata,
    File,
    Group,
    Manifest,
    Partition,
    Piece,
    Segment,
    Span,
    Topic,
    manifest_key,
)
from dataops.backup.shelf import Shelf


def backup_of(
    data: Path,
    shelf: Shelf,
    *,
    name: str = "20261122T215036Z",
    groups: Iterable[Group] = (),
    starts: dict[tuple[str, int], int] | None = None,
    piece_size: int = 1 << 16,
) -> Manifest:
    """A backup of everything in the log directory of a broker that does not run.

    Args:
        data: the log directory.
        shelf: where it goes.
        name: its id.
        groups: consumer groups and their offsets.
        starts: first offsets for clients, where records were deleted.
        piece_size: bytes of a piece at most.
    """

    def keep(piece: bytes) -> Piece:
        digest = hashlib.sha256(piece).hexdigest()
        made = Piece(sha256=digest, bytes=len(piece), stored=len(piece))
        shelf.put(made.object_key, piece)
        return made

    image = metadata.Image.of(metadata.read_log(data / metadata.DIRECTORY))
    partitions = [
        _partition(data, topic, index, (starts or {}).get((topic, index), 0), keep, piece_size)
        for topic in sorted(image.topics)
        for index in sorted(image.partitions_of(topic))
        # A topic that was being made has no files yet.
        if any((data / f"{topic}-{index}").glob("*.log"))
    ]
    files = [
        File(name=path.name, pieces=(keep(path.read_bytes()),))
        for path in sorted((data / metadata.DIRECTORY).iterdir())
        if path.suffix in (".log", ".checkpoint") and path.stat().st_size
    ]
    now = datetime.datetime.now(datetime.timezone.utc)
    manifest = Manifest(
        id=name,
        cluster=Cluster(id=shelf.cluster, application="kafka"),
        began=now,
        finished=now,
        topics=tuple(
            Topic(
                name=topic,
                id=topic_id,
                partitions=len(image.partitions_of(topic)),
                configs=image.configs.get((2, topic), {}),
                internal=topic.startswith("__"),
            )
            for topic, topic_id in sorted(image.topics.items())
        ),
        partitions=tuple(partitions),
        groups=tuple(groups),
        metadata=ClusterMetadata(unit="kafka/0", end=1 << 40, files=tuple(files)),
    )
    shelf.write(manifest_key(name), manifest)
    return manifest


def _partition(
    data: Path, topic: str, index: int, start: int, keep: Callable[[bytes], Piece], size: int
) -> Partition:
    segments = [
        _segment(path, keep, size, start)
        for path in sorted((data / f"{topic}-{index}").glob("*.log"))
    ]
    pieces = [piece.sha256 for segment in segments for piece in segment.pieces]
    spans = [span.sha256 for segment in segments for span in segment.spans]
    return Partition(
        topic=topic,
        index=index,
        log_start=max(start, segments[0].base),
        end=segments[-1].end,
        segments=tuple(segments),
        content=content.chain(pieces),
        records=content.chain(spans),
    )


def _segment(path: Path, keep: Callable[[bytes], Piece], size: int, start: int) -> Segment:
    base, data = int(path.stem), path.read_bytes()
    pieces, spans = list[Piece](), list[Span]()
    end, stamp, at = base, None, 0
    while (found := batches.survey(data[at : at + 2 * size], most=size)).batches:
        pieces.append(keep(data[at : at + found.size]))
        digest = content.digest(data[at : at + found.size], start)
        spans.append(Span(end=found.end, sha256=digest))
        end, stamp, at = found.end, max(stamp or 0, found.max_timestamp), at + found.size
    return Segment(
        base=base, end=end, pieces=tuple(pieces), spans=tuple(spans), max_timestamp=stamp
    )
