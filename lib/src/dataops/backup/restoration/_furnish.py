# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""All that one node gets of a backup, on its disk, ready to be taken over by its broker."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import errno
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from dataops.backup import metadata
from dataops.backup.manifest import Manifest, Partition
from dataops.backup.metadata import Image
from dataops.backup.restoration._place import Placed, checkpoint, place
from dataops.backup.restoration._plan import Blueprint, RestoreError, Wish
from dataops.backup.restoration._read import Pieces
from dataops.host.files import ensure_contents

# What a broker that is being formatted starts with; it waits here under another name until then.
BOOTSTRAP = "bootstrap.restored"
_AT_ONCE = 3
# Resources that have options.
_TOPIC, _BROKER = 2, 4
# Bytes that a disk keeps free for what a broker writes beside: indexes, its next segments.
_SPARE = 256 << 20

Told = Callable[[int, int], None]


@dataclasses.dataclass(frozen=True)
class Furnished:
    """What was placed on one node.

    Attributes:
        partitions: each with its bounds and hash.
        seconds: it took, of the last attempt.
    """

    partitions: tuple[Placed, ...]
    seconds: float

    @property
    def bytes(self) -> int:
        """Of the backup."""
        return sum(one.bytes for one in self.partitions)


def image_of(manifest: Manifest, pieces: Pieces) -> Image:
    """The metadata of a backup.

    Raises:
        RestoreError: it is not there, or does not open.
    """
    if manifest.metadata is None:
        raise RestoreError(f"Backup {manifest.id} has no metadata of its cluster")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for file in manifest.metadata.files:
            with (place / file.name).open("wb") as target:
                target.writelines(pieces.file(file))
        try:
            return Image.of(metadata.read_log(place, until=manifest.metadata.end))
        except metadata.MetadataError as error:
            raise RestoreError(
                f"Backup {manifest.id}: {str(error).replace(f'{place}/', '')}"
            ) from None


def furnish(
    blueprint: Blueprint,
    node: int,
    pieces: Pieces,
    staging: Path,
    wish: Wish,
    told: Told = lambda done, total: None,
) -> Furnished:
    """The node's share, in `staging/logs`: what a broker's log directory has to hold.

    An interrupted call is continued by the next one with the same arguments.

    Args:
        blueprint: what the cluster will be.
        node: whose share.
        pieces: where from.
        staging: a directory of nothing else, on the file system of the broker's logs.
        wish: what is wanted of the backup.
        told: called now and then with the bytes placed and all bytes.

    Raises:
        RestoreError, StoreError: see `Pieces`; or the disk has no room.
    """
    with _room(staging):
        return _furnish(blueprint, node, pieces, staging, wish, told)


def _furnish(
    blueprint: Blueprint, node: int, pieces: Pieces, staging: Path, wish: Wish, told: Told
) -> Furnished:
    began = time.monotonic()
    logs, workshop = staging / "logs", staging / "workshop"
    for each in (logs, workshop, staging / "placed"):
        each.mkdir(parents=True, exist_ok=True)
    share = blueprint.of(node)
    done = {one.name: found for one in share if (found := _done(one, staging))}
    left = [one for one in share if one.name not in done]
    _check_room(sum(one.bytes for one in left), staging)
    progress = _Progress(sum(one.bytes for one in share), told)
    progress.add(sum(one.bytes for one in done.values()))

    def one(partition: Partition) -> Placed:
        topic_id = blueprint.image.topics[partition.topic]
        indexed = not _limited(partition.topic, blueprint.image)
        placed = place(
            partition, topic_id, pieces, logs, workshop, wish.to_time, progress.add, indexed
        )
        _note(placed, partition, staging)
        return placed

    placed = [*done.values(), *_all(one, left)]
    placed.sort(key=lambda each: (each.topic, each.index))
    checkpoint(placed, logs)
    content = metadata.write_checkpoint(blueprint.image.records(), int(time.time() * 1000))
    _write(logs / BOOTSTRAP, content)
    shutil.rmtree(workshop)
    return Furnished(tuple(placed), time.monotonic() - began)


def _all(work: Callable[[Partition], Placed], several: list[Partition]) -> Iterator[Placed]:
    # The largest first: nobody waits for it at the end.
    several = sorted(several, key=lambda one: -one.bytes)
    with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(work, one) for one in several]
        try:
            for future in concurrent.futures.as_completed(futures):
                yield future.result()
        except BaseException:
            # One failure is enough: what has not begun is not begun.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _limited(topic: str, image: Image) -> bool:
    """Whether indexes may not be as large as they become: the broker makes those."""
    keys = {(_TOPIC, topic): "segment.index.bytes", (_BROKER, ""): "log.index.size.max.bytes"}
    return any(option in image.configs.get(key, ()) for key, option in keys.items())


class _Progress:
    """Counts bytes of several threads."""

    def __init__(self, total: int, told: Told) -> None:
        self._total, self._told, self._done = total, told, 0
        self._lock = threading.Lock()

    def add(self, size: int) -> None:
        with self._lock:
            self._done += size
            self._told(self._done, self._total)


def _check_room(needed: int, staging: Path) -> None:
    free = shutil.disk_usage(staging).free
    if free < needed + _SPARE:
        raise RestoreError(
            f"No room in {staging}: {(needed + _SPARE) >> 20} MiB are needed, {free >> 20} are "
            "free. Grow the volume, or restore fewer topics"
        )


@contextlib.contextmanager
def _room(staging: Path) -> Generator[None]:
    """Who fills the disk meanwhile, be it the broker that still runs there, is no surprise."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise RestoreError(
            f"No room in {staging}: {error.strerror}. Grow the volume, or restore fewer topics"
        ) from error


def _record(partition: Partition, staging: Path) -> Path:
    return staging / "placed" / f"{partition.name}.json"


def _done(partition: Partition, staging: Path) -> Placed | None:
    """What an earlier attempt has placed."""
    path = _record(partition, staging)
    if not path.exists() or not (staging / "logs" / partition.name).is_dir():
        return None
    told = json.loads(path.read_text())
    # Of another backup, or of one that was begun otherwise: done anew.
    return Placed(**told["placed"]) if told["content"] == partition.content else None


def _note(placed: Placed, partition: Partition, staging: Path) -> None:
    told = {"placed": dataclasses.asdict(placed), "content": partition.content}
    ensure_contents(_record(partition, staging), json.dumps(told))


def _write(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".partial")
    # It holds what logins are checked with.
    partial.touch(mode=0o600)
    partial.write_bytes(content)
    partial.replace(path)
