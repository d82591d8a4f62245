# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One unit's part of a backup: cut, read, check and ship the partitions of its share."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import shutil
import time
from collections.abc import Generator
from pathlib import Path
from typing import IO

from dataops.backup import cut as cutting
from dataops.backup.copying import Copying
from dataops.backup.cut import GoneError
from dataops.backup.job import Job, Mark, Marks, TakingError
from dataops.backup.ledger import Ledger
from dataops.backup.manifest import (
    Absent,
    Begun,
    ClusterMetadata,
    File,
    Part,
    Share,
    Totals,
    Trouble,
    part_key,
)
from dataops.backup.reading import blocks
from dataops.backup.shelf import Shelf
from dataops.backup.ship import Shipper
from dataops.host.files import ensure_contents

__all__ = ["METADATA", "Job", "Mark", "Marks", "TakingError", "alone", "take"]

METADATA = "__cluster_metadata-0"
_CUT = "cut.json"
_PAUSE = 0.5


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
    with alone(job):
        done = shelf.read(Part, part_key(begun.id, share.unit))
        if done is None:
            done = _Taking(shelf, shipper, begun, share, job, seal).run()
            shelf.write(part_key(begun.id, share.unit), done)
        shutil.rmtree(job.state / "cuts", ignore_errors=True)
        return done


@contextlib.contextmanager
def alone(job: Job) -> Generator[None]:
    """Nobody else makes links here meanwhile: one backup waits for the other on this unit.

    Whoever is killed gives its place up.
    """
    job.state.mkdir(parents=True, exist_ok=True)
    with (job.state / "lock").open("w") as file:
        while not _locked(file):
            job.tell("waits for another backup of this unit", None)
            job.check()
            time.sleep(_PAUSE)
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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

    def run(self) -> Part:
        began = _utc(self._job.clock())
        marks, absent = self._cut()
        cuts = {name: cutting.read(self._links / name) for name in marks.partitions}
        copying = Copying(
            self._shipper, self._job, self._share.unit, self._ledger, seal=self._seal
        )
        partitions = tuple(copying.partitions(cuts, marks))
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
                new=copying.new + self._new,
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
            try:
                self._link_all(record)
            except OSError as error:
                # What is linked is not deleted: a full disk would stay full.
                shutil.rmtree(self._links, ignore_errors=True)
                raise TakingError(
                    f"{self._share.unit} cannot link its logs in {self._job.state}: "
                    f"{error.strerror}. See `df` there, and run the backup again."
                ) from error
        marks = Marks.model_validate_json(record.read_bytes())
        gone = sorted(set(wanted) - set(marks.partitions))
        return marks, tuple(_absent(name) for name in gone)

    def _link_all(self, record: Path) -> None:
        # First up to where, and then the files: they have at least that.
        marks = self._job.ask(self._share.partitions)
        kept = {name: mark for name, mark in marks.partitions.items() if self._link(name)}
        self._link_metadata()
        marks = marks.model_copy(update={"partitions": kept})
        ensure_contents(record, marks.model_dump_json())

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


def _absent(name: str) -> Absent:
    topic, _, index = name.rpartition("-")
    return Absent(topic=topic, partition=int(index), why=Trouble.DELETED)


def _utc(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
