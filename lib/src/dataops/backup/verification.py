# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a backup is what its manifest says: every object read, every hash and CRC computed."""

from __future__ import annotations

import collections
import datetime
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from dataops.backup import content
from dataops.backup.batches import CorruptError, survey, surveyed
from dataops.backup.catalogue import Verdict, verified_key
from dataops.backup.manifest import Manifest, Partition, Piece, Segment
from dataops.backup.sealed import Key
from dataops.backup.shelf import DamagedError, Shelf

# Pieces that are fetched ahead.
_AHEAD = 3
_MOST_PROBLEMS = 100


class Checked(NamedTuple):
    """A partition that was read.

    Attributes:
        problems: what is wrong with it.
        digest: of its records, where that was asked for and all is well.
    """

    problems: tuple[str, ...]
    digest: str = ""


class Verification:
    """One look at a backup.

    Args:
        shelf: where it is.
        key: opens what is sealed; None when there is none.
        records: whether to hash the records of each partition in one go, too.
        tell: takes progress.
        check: raises when this is not wanted any more.
    """

    def __init__(
        self,
        shelf: Shelf,
        key: Key | None,
        *,
        records: bool = False,
        tell: Callable[[str, float | None], None] = lambda text, done: None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._shelf = shelf
        self._key = key
        self._records = records
        self._tell = tell
        self._check = check
        self._read = 0
        self._size = 0
        self._started = 0.0

    def run(self, manifest: Manifest, by: str, now: datetime.datetime) -> Verdict:
        """The verdict, written beside the manifest.

        Args:
            manifest: which was read from the store just now.
            by: which unit looks.
            now: the time.

        Raises:
            WrongKeyError: what is sealed cannot be looked at.
            StoreError: the store fails.
        """
        self._started = time.monotonic()
        self._size = manifest.totals.bytes
        problems: list[str] = []
        digests: dict[str, str] = {}
        with ThreadPoolExecutor(_AHEAD, thread_name_prefix="verify") as threads:
            for file in manifest.metadata.files if manifest.metadata else ():
                problems += [
                    f"cluster metadata {file.name}: {data}"
                    for _, data in self._fetched(threads, file.pieces)
                    if isinstance(data, DamagedError)
                ]
            if manifest.tree:
                problems += [
                    f"files: {data}"
                    for _, data in self._fetched(threads, manifest.tree.pieces)
                    if isinstance(data, DamagedError)
                ]
            for partition in manifest.partitions:
                checked = self._partition(threads, partition)
                problems += checked.problems
                if checked.digest:
                    digests[partition.name] = checked.digest
        verdict = Verdict(
            id=manifest.id,
            at=now,
            by=by,
            well=not problems,
            problems=tuple(problems[:_MOST_PROBLEMS]),
            seconds=round(time.monotonic() - self._started, 3),
            digests=digests,
            facts={"bytes": self._read, "partitions": len(manifest.partitions)},
        )
        self._shelf.write(verified_key(manifest.id), verdict)
        return verdict

    def _partition(self, threads: ThreadPoolExecutor, partition: Partition) -> Checked:
        problems: list[str] = []
        digest = content.Digest() if self._records else None
        after = 0
        for segment in partition.segments:
            if segment.base < after:
                problems.append(f"{partition.name}: segment {segment.base} begins before {after}")
            after = max(after, segment.base)
            position = 0
            for number, (piece, data) in enumerate(self._fetched(threads, segment.pieces)):
                where = f"{partition.name}, {segment.base:020}.log at byte {position}"
                if isinstance(data, DamagedError):
                    problems.append(f"{where}: {data}")
                else:
                    try:
                        after = _end(data, position, after)
                        problems += _records(partition, segment, number, data, where)
                        if digest:
                            for batch in surveyed(data, at=position):
                                digest.add_batch(batch, partition.log_start)
                    except CorruptError as error:
                        problems.append(f"{where}: {error}")
                position += piece.bytes
            if not problems and segment.pieces and after != segment.end:
                problems.append(f"{partition.name}: segment {segment.base} ends at {after}")
        problems += _hashes(partition)
        if not problems and partition.segments and after > partition.end:
            problems.append(f"{partition.name}: ends at {after}, after {partition.end}")
        return Checked(tuple(problems), digest.hexdigest() if digest and not problems else "")

    def _fetched(
        self, threads: ThreadPoolExecutor, pieces: Iterable[Piece]
    ) -> Iterator[tuple[Piece, bytes | DamagedError]]:
        """Each piece with its plain bytes, some of them fetched ahead."""
        coming: collections.deque[tuple[Piece, Future[bytes]]] = collections.deque()
        for piece in pieces:
            coming.append((piece, threads.submit(self._shelf.fetch, piece, self._key)))
            if len(coming) >= _AHEAD:
                yield self._arrived(*coming.popleft())
        while coming:
            yield self._arrived(*coming.popleft())

    def _arrived(self, piece: Piece, future: Future[bytes]) -> tuple[Piece, bytes | DamagedError]:
        self._check()
        try:
            data: bytes | DamagedError = future.result()
        except DamagedError as error:
            data = error
        self._read += piece.bytes
        rate = self._read / max(time.monotonic() - self._started, 0.001)
        self._tell(
            f"{self._read / 1e6:.0f} of {self._size / 1e6:.0f} MB, {rate / 1e6:.0f} MB/s",
            min(self._read / self._size, 1.0) if self._size else None,
        )
        return piece, data


def _end(data: bytes, position: int, after: int) -> int:
    """The offset after a piece's last batch; raises `CorruptError`."""
    found = survey(data, at=position, after=after)
    if found.size != len(data):
        raise CorruptError(position + found.size, found.end, "the batch is cut short")
    return found.end


def _records(
    partition: Partition, segment: Segment, number: int, data: bytes, where: str
) -> list[str]:
    """What is wrong with the records of one piece; raises `CorruptError`."""
    # Older manifests have no hashes of records, nor have those of create-backup records=never.
    if number >= len(segment.spans):
        return []
    wanted = segment.spans[number].sha256
    if content.digest(data, partition.log_start) == wanted:
        return []
    return [f"{where}: its records are not those that were backed up"]


def _hashes(partition: Partition) -> list[str]:
    """What is wrong with the two rolling hashes of a partition."""
    problems: list[str] = []
    pieces = [piece.sha256 for segment in partition.segments for piece in segment.pieces]
    if content.chain(pieces) != partition.content:
        problems.append(f"{partition.name}: its pieces are not those it was made of")
    spans = [span.sha256 for segment in partition.segments for span in segment.spans]
    whole = len(spans) == len(pieces) and content.chain(spans) == partition.records
    if partition.records and not whole:
        problems.append(f"{partition.name}: its records are not those it was made of")
    return problems
