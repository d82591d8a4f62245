# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Log files on their way into the store as soon as Kafka has closed them, before any backup.

A backup that begins later finds them there, and has only the rest to read. Nothing refers to them
until then, so nothing is lost should they go: the backup would send them again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from dataops.backup import cut as cutting
from dataops.backup.batches import CorruptError, Survey
from dataops.backup.cut import CutError, LogFile
from dataops.backup.job import Job
from dataops.backup.ledger import Known, KnownFile, KnownPartition, Ledger, still, without_crumbs
from dataops.backup.reading import chunks
from dataops.backup.ship import Shipped, Shipper
from dataops.backup.taking import alone

# Whatever follows in a closed file counts; what a change of leaders takes back is read anew.
_NO_LIMIT = 1 << 62
_LINKS = "ahead"


def ship(job: Job, shipper: Shipper, partitions: Iterable[str], *, seal: bool) -> int:
    """Send the closed files of these partitions; how many bytes were new to the store.

    Args:
        job: where the files are, and a directory of ours on the same file system.
        shipper: sends.
        partitions: whose files, such as `orders-0`.
        seal: whether they are sealed.

    Raises:
        StoreError: the store fails; what was sent counts.
    """
    ledger, links = Ledger(job.state / "ledger"), job.state / _LINKS
    new = 0
    with alone(job):
        for name in partitions:
            job.check()
            try:
                made = cutting.cut(job.data / name, links / name)
                new += _ship(name, made, ledger, shipper, seal, job.check)
            except (CutError, CorruptError):
                # The next backup finds the same, and says so.
                continue
            finally:
                shutil.rmtree(links / name, ignore_errors=True)
    return new


def _ship(
    name: str,
    made: cutting.Cut,
    ledger: Ledger,
    shipper: Shipper,
    seal: bool,
    check: Callable[[], None],
) -> int:
    known, new = ledger.of(name, made.topic_id), 0
    files: dict[int, KnownFile] = dict(known)
    for file in made.files:
        if not file.closed:
            continue
        pieces, sent = _sent(file, known.get(file.base), shipper, seal, check)
        files[file.base] = KnownFile(
            base=file.base, inode=file.path.stat().st_ino, pieces=tuple(pieces)
        )
        new += sent
    there = {file.base for file in made.files}
    kept = tuple(files[base] for base in sorted(files) if base in there)
    ledger.remember(name, KnownPartition(topic_id=made.topic_id, files=kept))
    return new


def _sent(
    file: LogFile,
    known: KnownFile | None,
    shipper: Shipper,
    seal: bool,
    check: Callable[[], None],
) -> tuple[list[Known], int]:
    found, position, after, new = list[Known](), 0, file.base, 0
    for one in without_crumbs(still(file.path, known)):
        if not shipper.has(one.piece, sealed=seal):
            break
        found.append(one)
        position, after = position + one.piece.bytes, one.end
    coming: list[tuple[Future[Shipped], Survey]] = []
    for loaded, survey in chunks(file.path, position, after, _NO_LIMIT, shipper.buffers):
        check()
        coming.append((shipper.send(loaded, sealed=seal), survey))
    for future, survey in coming:
        shipped = future.result()
        new += shipped.new
        found.append(
            Known(
                piece=shipped.piece,
                end=survey.end,
                max_timestamp=survey.max_timestamp,
                mark=survey.last,
            )
        )
    return found, new
