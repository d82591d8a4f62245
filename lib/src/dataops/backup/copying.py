# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The log files of a cut on their way into the store: read, checked, sent, remembered."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import NamedTuple

from dataops.backup import content
from dataops.backup.batches import CorruptError, Survey
from dataops.backup.cut import Cut, LogFile
from dataops.backup.job import Job, Mark, Marks, TakingError
from dataops.backup.ledger import Known, KnownFile, KnownPartition, Ledger, still, without_crumbs
from dataops.backup.manifest import Partition, Segment, Span
from dataops.backup.reading import Loaded, chunks
from dataops.backup.ship import Shipped, Shipper


class _Coming(NamedTuple):
    """A piece that is on its way, or known."""

    known: Known | None = None
    shipped: Future[Shipped] | None = None
    survey: Survey | None = None
    start: int = 0


class Copying:
    """The partitions of one unit.

    Args:
        shipper: sends them.
        job: how.
        unit: whose they are.
        ledger: what was shipped before.
        seal: whether they are sealed.
    """

    def __init__(
        self, shipper: Shipper, job: Job, unit: str, ledger: Ledger, *, seal: bool
    ) -> None:
        self._shipper, self._job, self._unit = shipper, job, unit
        self._ledger, self._seal = ledger, seal
        self.new = 0
        self._read = 0
        self._size = 0
        self._started = job.clock()

    def partitions(self, cuts: Mapping[str, Cut], marks: Marks) -> Iterator[Partition]:
        """Every partition; while the pieces of one are sent, the next ones are read."""
        self._size = sum(_size(one) for one in cuts.values())
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
                    f"The log of {name} on {self._unit} is damaged: {file.path.name}, "
                    f"{error}. Let another broker lead {name}, and its copy be made anew."
                ) from None
            after = max(after, file.base, *(_end(piece) for piece in pieces))
            found.append((file, pieces))
        if after < mark.end:
            raise TakingError(
                f"The log of {name} on {self._unit} ends at {after}, before its high "
                f"watermark {mark.end}: this copy lags behind. Run the backup again."
            )
        return found

    def _pieces(
        self, file: LogFile, known: KnownFile | None, after: int, mark: Mark
    ) -> Iterator[_Coming]:
        """The file in pieces up to the high watermark: first those that the store has."""
        position, limit = 0, mark.end
        kept = [one for one in without_crumbs(still(file.path, known)) if one.end <= mark.end]
        for one in kept:
            if not self._shipper.has(one.piece, sealed=self._seal):
                break
            size = one.piece.bytes
            if self._hashed(one, after, mark):
                self._read += size
                yield _Coming(one)
                position, after = position + size, one.end
                continue
            # It is sent as if it were new, and found in the store by its hash.
            buffers = self._shipper.buffers
            again = next(chunks(file.path, position, after, limit, buffers, most=size), None)
            if again is None:
                break
            loaded, found = again
            yield self._sent(file, loaded, found, after, mark)
            position, after = position + found.size, found.end
            if found.size != size:
                break
        for loaded, found in chunks(file.path, position, after, limit, self._shipper.buffers):
            yield self._sent(file, loaded, found, after, mark)
            after = found.end

    def _hashed(self, one: Known, after: int, mark: Mark) -> bool:
        """Whether nothing is to be known of its records that is not."""
        start = _start(mark, after, one.end)
        return not self._job.records or (bool(one.records) and one.start == start)

    def _sent(
        self, file: LogFile, loaded: Loaded, found: Survey, after: int, mark: Mark
    ) -> _Coming:
        """A piece on its way, as it was read."""
        self._job.check()
        self._tell()
        self._read += found.size
        start = _start(mark, after, found.end)

        def digest(data: memoryview) -> str:
            try:
                return content.digest(data, start)
            except CorruptError as error:
                raise TakingError(
                    f"{file.path.parent.name} on {self._unit}: {file.path.name}, {error}. Its "
                    "checksum is right, so the broker took it like this; create-backup with "
                    "records=never keeps it as it is."
                ) from None

        shipped = self._shipper.send(
            loaded, sealed=self._seal, digest=digest if self._job.records else None
        )
        return _Coming(None, shipped, found, start)

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
            segments=tuple(_segment(file, pieces, self._job.records) for file, pieces in known),
            content=content.chain(one.piece.sha256 for _, pieces in known for one in pieces),
            records=content.chain(one.records for _, pieces in known for one in pieces)
            if self._job.records
            else None,
        )

    def _arrived(self, coming: _Coming) -> Known:
        if coming.known:
            return coming.known
        assert coming.shipped is not None
        assert coming.survey is not None
        shipped = coming.shipped.result()
        self.new += shipped.new
        return Known(
            piece=shipped.piece,
            end=coming.survey.end,
            max_timestamp=coming.survey.max_timestamp,
            mark=coming.survey.last,
            records=shipped.digest,
            start=coming.start,
        )

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


def _start(mark: Mark, after: int, end: int) -> int:
    """From which offset on the records of a piece count; 0 for all, as long as that is so."""
    return min(mark.log_start, end) if mark.log_start > after else 0


def _segment(file: LogFile, pieces: list[Known], records: bool) -> Segment:
    newest = max((one.max_timestamp for one in pieces), default=-1)
    return Segment(
        base=file.base,
        end=pieces[-1].end if pieces else file.base,
        pieces=tuple(one.piece for one in pieces),
        spans=tuple(Span(end=one.end, sha256=one.records) for one in pieces if records),
        max_timestamp=None if newest < 0 else newest,
        closed=file.closed,
    )


def _size(made: Cut) -> int:
    return sum(file.path.stat().st_size for file in made.files)
