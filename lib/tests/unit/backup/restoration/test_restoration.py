# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a backup becomes on disk: whole, cut, damaged, interrupted."""

from __future__ import annotations

import dataclasses
import datetime
import errno
import hashlib
import os
from pathlib import Path

import pytest

from dataops.backup import content, metadata
from dataops.backup.batches import batches
from dataops.backup.manifest import Group, GroupOffset, Manifest, Partition, Piece
from dataops.backup.metadata import record
from dataops.backup.restoration import (
    BOOTSTRAP,
    Pieces,
    RestoreError,
    Wish,
    blueprint,
    content_on_disk,
    furnish,
    groups,
    image_of,
)
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf
from dataops.objectstore import Target, open_store
from dataops.testing import logs
from dataops.testing.backups import backup_of

TOPIC = "AQEBAQEBAQEBAQEBAQEBAQ"


@pytest.fixture
def store(tmp_path: Path) -> Shelf:
    (tmp_path / "store").mkdir()
    return Shelf(open_store(Target(kind="local", directory=str(tmp_path / "store"))), "old")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A broker's directory: one topic, three partitions, replicas on nodes 0 and 1."""
    data = tmp_path / "data"
    data.mkdir()
    records = [
        record("FeatureLevelRecord", Name="metadata.version", FeatureLevel=30),
        record("TopicRecord", Name="a", TopicId=TOPIC),
        *(
            record(
                "PartitionRecord", PartitionId=index, TopicId=TOPIC, Replicas=(0, 1), Isr=(0, 1),
                RemovingReplicas=(), AddingReplicas=(), Leader=0, LeaderEpoch=5, PartitionEpoch=7,
            )
            for index in range(3)
        ),
    ]  # fmt: skip
    directory = data / metadata.DIRECTORY
    directory.mkdir()
    log = metadata.write_checkpoint(records, 1)
    (directory / f"{0:020}.log").write_bytes(log)
    for index in range(3):
        write(data, index, 0)
    return data


def write(data: Path, index: int, base: int, *several: bytes) -> None:
    path = data / f"a-{index}" / f"{base:020}.log"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(several))


def made(base: int, stamp: int, count: int = 1, producer: int = -1) -> bytes:
    records = [logs.record(base + step, b"v%d" % (base + step), timestamp=stamp)
               for step in range(count)]  # fmt: skip
    flags = {"producer": producer, "transactional": True} if producer >= 0 else {}
    return logs.batch(records, **flags)


def restored(
    manifest: Manifest, store: Shelf, staging: Path, wish: Wish | None = None, node: int = 0
) -> tuple[Path, dict[int, tuple[int, int]]]:
    pieces, wish = Pieces(store), wish or Wish()
    plan = blueprint(manifest, image_of(manifest, pieces), {0, 1}, wish)
    done = furnish(plan, node, pieces, staging, wish)
    return staging / "logs", {one.index: (one.start, one.end) for one in done.partitions}


def test_every_byte_comes_back(data: Path, store: Shelf, tmp_path: Path) -> None:
    write(data, 0, 0, made(0, 10, 5), made(5, 20, 5))
    write(data, 0, 10, made(10, 30))
    write(data, 1, 700)
    (data / "a-1" / f"{0:020}.log").unlink()
    manifest = backup_of(data, store, starts={("a", 0): 7})
    where, bounds = restored(manifest, store, tmp_path / "staging")
    assert bounds == {0: (7, 11), 1: (700, 700), 2: (0, 0)}
    for path in sorted(data.glob("a-*/*.log")):
        if path.stat().st_size:
            assert (where / path.relative_to(data)).read_bytes() == path.read_bytes()
    for partition in manifest.partitions:
        assert content_on_disk(partition, where) == partition.content
    # An empty log that stood at 700 goes on there.
    assert [path.name for path in (where / "a-1").glob("*.log")] == [f"{700:020}.log"]
    # A broker finds every log as one that ended in order has left it.
    assert (where / ".kafka_cleanshutdown").exists()
    for log in where.glob("a-*/*.log"):
        assert log.with_suffix(".index").exists() and log.with_suffix(".timeindex").exists()
    assert (where / "a-0" / "leader-epoch-checkpoint").read_text() == "0\n1\n0 0\n"
    assert not list(where.glob("a-*/*.snapshot"))
    assert (where / "log-start-offset-checkpoint").read_text() == "0\n2\na 0 7\na 1 700\n"
    assert (where / "a-0" / "partition.metadata").read_text().endswith(f"topic_id: {TOPIC}\n")
    image = metadata.Image.of(one for _, one in metadata.read_file(where / BOOTSTRAP))
    assert image.topics == {"a": TOPIC} and image.partitions[TOPIC, 0]["Leader"] == -1
    assert (where / BOOTSTRAP).stat().st_mode & 0o077 == 0


def test_what_compaction_took_from_the_end_leaves_its_offsets(
    data: Path, store: Shelf, tmp_path: Path
) -> None:
    write(data, 0, 0, made(0, 10, 5))
    write(data, 0, 40)
    manifest = backup_of(data, store)
    where, bounds = restored(manifest, store, tmp_path / "staging")
    assert bounds[0] == (0, 40)
    assert (where / "a-0" / f"{40:020}.log").exists()


def test_a_time_cuts_before_the_first_later_batch(
    data: Path, store: Shelf, tmp_path: Path
) -> None:
    write(data, 0, 0, made(0, 10, 5), made(5, 20, 5), made(10, 15))
    write(data, 0, 11, made(11, 30))
    write(data, 1, 0, made(0, 30))
    write(data, 2, 0, made(0, 19))
    manifest = backup_of(data, store)
    where, bounds = restored(manifest, store, tmp_path / "staging", Wish(to_time=19))
    assert bounds == {0: (0, 5), 1: (0, 0), 2: (0, 1)}
    (only,) = (where / "a-0").glob("*.log")
    assert only.read_bytes() == made(0, 10, 5)


def test_an_open_transaction_is_aborted_and_an_ended_one_is_left(
    data: Path, store: Shelf, tmp_path: Path
) -> None:
    ended = logs.marker(3, producer=8, commit=True)
    write(data, 0, 0, made(0, 10, 2, producer=7), made(2, 11, producer=8), ended)
    manifest = backup_of(data, store)
    where, bounds = restored(manifest, store, tmp_path / "staging")
    (path,) = (where / "a-0").glob("*.log")
    *_, last = batches(path.read_bytes())
    assert bounds[0] == (0, 4)
    assert (last.base, last.producer, last.control, last.transactional) == (4, 7, True, True)
    # Version 0, kind 0: abort.
    assert last.body[5:9] == bytes(4)


def test_indexes_that_may_not_grow_are_left_to_the_broker(
    data: Path, store: Shelf, tmp_path: Path
) -> None:
    write(data, 0, 0, made(0, 10, 5))
    manifest = backup_of(data, store)
    image = image_of(manifest, Pieces(store))
    for key, option in (((2, "a"), "segment.index.bytes"), ((4, ""), "log.index.size.max.bytes")):
        limited = dataclasses.replace(image, configs={key: {option: "1024"}})
        plan = blueprint(manifest, limited, {0, 1}, Wish())
        furnish(plan, 0, Pieces(store), tmp_path / option, Wish())
        where = tmp_path / option / "logs" / "a-0"
        assert {path.suffix for path in where.iterdir()} == {".log", ".metadata"}


def test_what_was_interrupted_goes_on(data: Path, store: Shelf, tmp_path: Path) -> None:
    write(data, 0, 0, made(0, 10, 5))
    write(data, 0, 5, made(5, 10, 5))
    write(data, 1, 0, made(0, 10))
    manifest = backup_of(data, store)
    wish, staging = Wish(), tmp_path / "staging"
    seen: list[Piece] = []

    class Counting(Pieces):
        def __call__(self, piece: Piece) -> bytes:
            seen.append(piece)
            if len(seen) == self.most:
                raise KeyboardInterrupt
            return super().__call__(piece)

        most = 3

    pieces = Pieces(store)
    plan = blueprint(manifest, image_of(manifest, pieces), {0, 1}, wish)
    with pytest.raises(KeyboardInterrupt):
        furnish(plan, 0, Counting(store), staging, wish)
    before = len(seen)
    Counting.most = -1
    furnish(plan, 0, Counting(store), staging, wish)
    assert len(seen) - before <= 2
    for partition in manifest.partitions:
        assert content_on_disk(partition, staging / "logs") == partition.content
    again = len(seen)
    furnish(plan, 0, Counting(store), staging, wish)
    assert len(seen) == again


@pytest.mark.parametrize("how", ["flipped", "missing", "wrong content"])
def test_a_damaged_object_is_named(how: str, data: Path, store: Shelf, tmp_path: Path) -> None:
    write(data, 0, 0, made(0, 10, 5))
    manifest = backup_of(data, store)
    (piece,) = next(p for p in manifest.partitions if p.index == 0).segments[0].pieces
    path = tmp_path / "store" / "old" / piece.object_key
    if how == "missing":
        path.unlink()
    elif how == "flipped":
        content = bytearray(path.read_bytes())
        content[40] ^= 1
        path.write_bytes(content)
    else:
        path.write_bytes(made(0, 11, 5))
    with pytest.raises(RestoreError, match=piece.sha256[:12]):
        restored(manifest, store, tmp_path / "staging")


def test_a_manifest_that_does_not_agree_with_itself_is_found(
    data: Path, store: Shelf, tmp_path: Path
) -> None:
    write(data, 0, 0, made(0, 10, 5))
    manifest = backup_of(data, store)

    def with_first(change: dict[str, object]) -> Manifest:
        first, *others = manifest.partitions
        return manifest.model_copy(
            update={"partitions": (first.model_copy(update=change), *others)}
        )

    with pytest.raises(RestoreError, match="has hash"):
        restored(with_first({"content": "1" * 64}), store, tmp_path / "x")
    with pytest.raises(RestoreError, match="ends at offset 5"):
        restored(with_first({"end": 3}), store, tmp_path / "y")


def test_a_full_disk_is_told_before_anything_is_written(
    data: Path, store: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(data, 0, 0, made(0, 10, 5))
    manifest = backup_of(data, store)
    usage = dataclasses.make_dataclass("Usage", ["free"])(1 << 20)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(RestoreError, match="256 MiB are needed, 1 are free"):
        restored(manifest, store, tmp_path / "staging")


def test_a_disk_that_becomes_full_is_named_and_it_goes_on_once_there_is_room(
    data: Path, store: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(3):
        write(data, index, 0, made(0, 10, 5))
    manifest = backup_of(data, store)
    flushed, left = os.fsync, iter(range(2))

    def full(descriptor: int) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flushed(descriptor)

    staging = tmp_path / "staging"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(RestoreError, match=r"No room in .*: No space left.*fewer topics"):
            restored(manifest, store, staging)
    assert not (staging / "logs" / BOOTSTRAP).exists()
    where, bounds = restored(manifest, store, staging)
    assert bounds == dict.fromkeys(range(3), (0, 5))
    for partition in manifest.partitions:
        assert content_on_disk(partition, where) == partition.content


def test_only_chosen_topics_that_are_there(data: Path, store: Shelf, tmp_path: Path) -> None:
    manifest = backup_of(data, store)
    with pytest.raises(RestoreError, match="has no topic b"):
        restored(manifest, store, tmp_path / "x", Wish(topics=("b",)))
    later = int(manifest.finished.timestamp() * 1000) + 60_000
    with pytest.raises(RestoreError, match="choose a later backup"):
        restored(manifest, store, tmp_path / "x", Wish(to_time=later))
    cut = manifest.model_copy(update={"metadata": None})
    with pytest.raises(RestoreError, match="no metadata"):
        image_of(cut, Pieces(store))


def test_a_sealed_object_wants_its_key(store: Shelf) -> None:
    key, data = Key.new(), b"verifiers"
    digest = hashlib.sha256(data).hexdigest()
    piece = Piece(sha256=digest, bytes=len(data), stored=1, key=key.id)
    store.put(piece.object_key, key.seal(data, digest))
    assert Pieces(store, key)(piece) == data
    for other in (None, Key.new()):
        with pytest.raises(RestoreError, match=f"sealed with key {key.id}"):
            Pieces(store, other)(piece)


def test_groups_go_on_within_what_is_there() -> None:
    def offset(partition: int, offset: int) -> GroupOffset:
        return GroupOffset(
            topic="a", partition=partition, offset=offset, leader_epoch=3, metadata="m"
        )

    now = datetime.datetime.now(datetime.timezone.utc)
    several = (Group(name="g", offsets=(offset(0, 3), offset(1, 50), offset(2, 0))),
               Group(name="elsewhere", offsets=(offset(9, 1),)))  # fmt: skip
    manifest = Manifest(
        id="20261122T215036Z", cluster={"id": "c", "application": "k"}, began=now, finished=now,
        groups=several,
    )  # fmt: skip
    bounds = {("a", 0): (0, 10), ("a", 1): (0, 10), ("a", 2): (5, 10)}
    (group,) = groups(manifest, bounds)
    assert [one.offset for one in group.offsets] == [3, 10, 5]
    assert [one.leader_epoch for one in group.offsets] == [3, -1, 3]
    assert all(one.metadata == "m" for one in group.offsets)


def test_an_unknown_partition_is_refused(data: Path, store: Shelf, tmp_path: Path) -> None:
    manifest = backup_of(data, store)
    more = Partition(topic="a", index=9, end=0, content=content.EMPTY)
    wide = manifest.model_copy(update={"partitions": (*manifest.partitions, more)})
    with pytest.raises(RestoreError, match="does not know a-9"):
        restored(wide, store, tmp_path / "x")
