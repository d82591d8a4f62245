# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One unit's part of a backup: cut, read, check and ship the partitions of its share."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import pydantic

from dataops.backup import content
from dataops.backup import cut as cutting
from dataops.backup.batches import CorruptError, Survey
from dataops.backup.cut import Cut, GoneError, LogFile
from dataops.backup.ledger import Known, KnownFile, KnownPartition, Ledger, still, without_crumbs
from dataops.backup.manifest import (
    Absent,
    Begun,
    ClusterMetadata,
    File,
    Part,
    Partition,
    Segment,
    Share,
    Totals,
    Trouble,
    part_key,
)
from dataops.backup.reading import blocks, chunks
from dataops.backup.shelf import Shelf
from dataops.backup.ship import Shipped, Shipper
from dataops.host.files import ensure_contents

METADATA = "__cluster_metadata-0"
_CUT = "cut.json"


class TakingError(Exception):
    """A unit cannot do its part; the message names the partition and the next move."""


class Mark(pydantic.BaseModel):
    """Where a partition's log began and ended when it was cut, as its leader said.

    Attributes:
        log_start: the first offset that clients may read.
        end: the high watermark.
        leader_epoch: the leader's.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    log_start: int
    end: int
    leader_epoch: int = 0


class Marks(pydantic.BaseModel):
    """What a cut goes by.

    Attributes:
        at: when they were asked for.
        partitions: by name; a topic that was deleted meanwhile is not among them.
        metadata_end: the committed end of the cluster's metadata.
    """

    at: datetime.datetime
    partitions: dict[str, Mark]
    metadata_end: int = 0


@dataclasses.dataclass(frozen=True)
class Job:
    """How a unit does its part.

    Attributes:
        data: the broker's log directory.
        state: a directory of ours on the same file system.
        ask: what the brokers say of these partitions now.
        tell: takes progress, and how much of all is done.
        check: raises when the work is not wanted any more.
        clock: Unix seconds.
    """

    data: Path
    state: Path
    ask: Callable[[Iterable[tuple[str, int]]], Marks]
    tell: Callable[[str, float | None], None] = lambda text, done: None
    check: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.time


class _Coming(NamedTuple):
    """A piece that is on its way, or known."""

    known: Known | None
    shipped: Future[Shipped] | None
    survey: Survey | None


def take(shelf: Shelf, shipper: Shipper, begun: Begun, share: Share, job: Job, seal: bool) -> Part:
    """Do a unit's part, or go on with it; its document is in the store afterwards.

    Args:
        shelf: where it goes.
        shipper: sends to the shelf.
        begun: the backup.
        share: what this unit does of it.
        job: how.
        seal: whether log segments are sealed too; the cluster's metadata always is.

    Raises:
        TakingError: a log is damaged, or shorter than it should be.
        StoreError: the store fails; run again, and it goes on where it was.
    """
    done = shelf.read(Part, part_key(begun.id, share.unit))
    if done is None:
        done = _Taking(shelf, shipper, begun, share, job, seal).run()
        shelf.write(part_key(begun.id, share.unit), done)
    shutil.rmtree(job.state / "cuts", ignore_errors=True)
    return done


class _Taking:
    def __init__(
        self, shelf: Shelf, shipper: Shipper, begun: Begun, share: Share, job: Job, seal: bool
    ) -> None:
        self._shelf, self._shipper, self._seal = shelf, shipper, seal
        self._begun, self._share, self._job = begun, share, job
        self._links = job.state / "cuts" / begun.id
        self._ledger = Ledger(job.state / "ledger")
        self._ids = {topic.name: topic.id for topic in begun.topics}
        self._new = 0
        self._read = 0
        self._size = 0
        self._started = job.clock()

    def run(self) -> Part:
        began = _utc(self._job.clock())
        marks, absent = self._cut()
        cuts = {name: cutting.read(self._links / name) for name in marks.partitions}
        self._size = sum(_size(one) for one in cuts.values())
        partitions = tuple(self._partitions(cuts, marks))
        metadata = self._metadata(marks)
        self._ledger.forget_all_but(set(cuts))
        finished = _utc(self._job.clock())
        pieces = {p.object_key: p for part in partitions for s in part.segments for p in s.pieces}
        pieces.update((p.object_key, p) for file in metadata.files for p in file.pieces)
        return Part(
            id=self._begun.id,
            unit=self._share.unit,
            node=self._share.node,
            began=began,
            cut=marks.at,
            finished=finished,
            partitions=partitions,
            absent=absent,
            metadata=metadata,
            totals=Totals(
                bytes=sum(part.bytes for part in partitions)
                + sum(f.bytes for f in metadata.files),
                stored=sum(piece.stored for piece in pieces.values()),
                new=self._new,
                seconds=(finished - began).total_seconds(),
            ),
        )

    def _cut(self) -> tuple[Marks, tuple[Absent, ...]]:
        """Links to every file of the share, and up to where they count."""
        # What an interrupted backup left holds deleted files on the disk.
        for other in self._links.parent.glob("*"):
            if other != self._links:
                shutil.rmtree(other, ignore_errors=True)
        record = self._links / _CUT
        wanted = [f"{topic}-{index}" for topic, index in self._share.partitions]
        if not record.exists():
            shutil.rmtree(self._links, ignore_errors=True)
            # First up to where, and then the files: they have at least that.
            marks = self._job.ask(self._share.partitions)
            kept = {name: mark for name, mark in marks.partitions.items() if self._link(name)}
            self._link_metadata()
            marks = marks.model_copy(update={"partitions": kept})
            ensure_contents(record, marks.model_dump_json())
        marks = Marks.model_validate_json(record.read_bytes())
        gone = sorted(set(wanted) - set(marks.partitions))
        return marks, tuple(_absent(name) for name in gone)

    def _link(self, name: str) -> bool:
        """Whether the partition is still there, and as it was when the backup began."""
        try:
            made = cutting.cut(self._job.data / name, self._links / name)
        except GoneError:
            return False
        wanted = self._ids.get(name.rpartition("-")[0], "")
        # Deleted and created again meanwhile: another topic by the same name.
        return not wanted or not made.topic_id or wanted == made.topic_id

    def _link_metadata(self) -> None:
        source, target = self._job.data / METADATA, self._links / METADATA
        cutting.cut(source, target)
        for path in sorted(source.glob("*.checkpoint"))[-1:]:
            (target / path.name).hardlink_to(path)

    def _partitions(self, cuts: Mapping[str, Cut], marks: Marks) -> Iterator[Partition]:
        """Every partition; while the pieces of one are sent, the next ones are read."""
        coming: deque[tuple[str, list[tuple[LogFile, list[_Coming]]]]] = deque()
        for name in sorted(cuts):
            coming.append((name, self._files(name, cuts[name], marks.partitions[name])))
            while coming and all(_ready(pieces) for _, pieces in coming[0][1]):
                yield self._settle(*coming.popleft(), cuts, marks)
        while coming:
            yield self._settle(*coming.popleft(), cuts, marks)

    def _files(self, name: str, made: Cut, mark: Mark) -> list[tuple[LogFile, list[_Coming]]]:
        known = self._ledger.of(name, made.topic_id)
        found: list[tuple[LogFile, list[_Coming]]] = []
        after = 0
        for file in made.files:
            if file.base >= mark.end and found:
                break
            try:
                pieces = list(
                    self._pieces(file, known.get(file.base), max(after, file.base), mark)
                )
            except CorruptError as error:
                raise TakingError(
                    f"The log of {name} on {self._share.unit} is damaged: {file.path.name}, "
                    f"{error}. Let another broker lead {name}, and its copy be made anew."
                ) from None
            after = max(after, file.base, *(_end(piece) for piece in pieces))
            found.append((file, pieces))
        if after < mark.end:
            raise TakingError(
                f"The log of {name} on {self._share.unit} ends at {after}, before its high "
                f"watermark {mark.end}: this copy lags behind. Run the backup again."
            )
        return found

    def _pieces(
        self, file: LogFile, known: KnownFile | None, after: int, mark: Mark
    ) -> Iterator[_Coming]:
        """The file in pieces up to the high watermark: first those that the store has."""
        position = 0
        kept = [one for one in without_crumbs(still(file.path, known)) if one.end <= mark.end]
        for one in kept:
            if not self._shipper.has(one.piece, sealed=self._seal):
                break
            position, after = position + one.piece.bytes, one.end
            self._read += one.piece.bytes
            yield _Coming(one, None, None)
        for loaded, found in chunks(file.path, position, after, mark.end, self._shipper.buffers):
            self._job.check()
            self._tell()
            self._read += len(loaded.data)
            yield _Coming(None, self._shipper.send(loaded, sealed=self._seal), found)

    def _settle(
        self,
        name: str,
        files: list[tuple[LogFile, list[_Coming]]],
        cuts: Mapping[str, Cut],
        marks: Marks,
    ) -> Partition:
        """The partition, all of whose pieces have arrived."""
        made, mark = cuts[name], marks.partitions[name]
        known = [(file, [self._arrived(piece) for piece in pieces]) for file, pieces in files]
        self._ledger.remember(
            name,
            KnownPartition(
                topic_id=made.topic_id,
                files=tuple(
                    KnownFile(base=f.base, inode=f.path.stat().st_ino, pieces=tuple(pieces))
                    for f, pieces in known
                ),
            ),
        )
        topic, _, index = name.rpartition("-")
        return Partition(
            topic=topic,
            index=int(index),
            log_start=mark.log_start,
            end=mark.end,
            leader_epoch=mark.leader_epoch,
            epochs=tuple(epoch for epoch in made.epochs if epoch.start < mark.end),
            segments=tuple(_segment(file, pieces) for file, pieces in known),
            content=content.chain(one.piece.sha256 for _, pieces in known for one in pieces),
        )

    def _arrived(self, coming: _Coming) -> Known:
        if coming.known:
            return coming.known
        assert coming.shipped is not None
        assert coming.survey is not None
        shipped = coming.shipped.result()
        self._new += shipped.new
        return Known(
            piece=shipped.piece,
            end=coming.survey.end,
            max_timestamp=coming.survey.max_timestamp,
            mark=coming.survey.last,
        )

    def _metadata(self, marks: Marks) -> ClusterMetadata:
        """The cluster's own metadata, sealed."""
        files: list[File] = []
        for path in sorted((self._links / METADATA).iterdir()):
            if path.suffix not in (".log", ".checkpoint"):
                continue
            pieces = blocks(path, self._shipper.buffers)
            sent = [self._shipper.send(one, sealed=True) for one in pieces]
            shipped = [one.result() for one in sent]
            self._new += sum(one.new for one in shipped)
            files.append(File(name=path.name, pieces=tuple(one.piece for one in shipped)))
        return ClusterMetadata(unit=self._share.unit, end=marks.metadata_end, files=tuple(files))

    def _tell(self) -> None:
        """How far it is: rate and time left."""
        passed = max(self._job.clock() - self._started, 0.001)
        rate = self._read / passed
        left = (self._size - self._read) / rate if rate else 0
        self._job.tell(
            f"{self._read / 1e6:.0f} of {self._size / 1e6:.0f} MB, {rate / 1e6:.0f} MB/s, "
            f"{max(left, 0):.0f} s left",
            min(self._read / self._size, 1.0) if self._size else None,
        )


def _ready(pieces: list[_Coming]) -> bool:
    return all(one.shipped is None or one.shipped.done() for one in pieces)


def _end(piece: _Coming) -> int:
    return piece.known.end if piece.known else piece.survey.end if piece.survey else 0


def _segment(file: LogFile, pieces: list[Known]) -> Segment:
    newest = max((one.max_timestamp for one in pieces), default=-1)
    return Segment(
        base=file.base,
        end=pieces[-1].end if pieces else file.base,
        pieces=tuple(one.piece for one in pieces),
        max_timestamp=None if newest < 0 else newest,
        closed=file.closed,
    )


def _absent(name: str) -> Absent:
    topic, _, index = name.rpartition("-")
    return Absent(topic=topic, partition=int(index), why=Trouble.DELETED)


def _size(made: Cut) -> int:
    return sum(file.path.stat().st_size for file in made.files)


def _utc(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
