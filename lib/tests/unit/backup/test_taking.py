# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import errno
import fcntl
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from google_crc32c import value as crc32c

from dataops.backup import content, reading, taking
from dataops.backup.batches import batches
from dataops.backup.codecs import Codec
from dataops.backup.ledger import KnownPartition, Ledger
from dataops.backup.manifest import (
    Absent,
    Manifest,
    Part,
    Partition,
    Trouble,
    manifest_key,
    part_key,
)
from dataops.backup.records import records
from dataops.backup.sealed import Key, WrongKeyError
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job, Marks, TakingError
from dataops.objectstore import Full, StoreError, Unreachable
from dataops.testing.logs import batch, marker, record

from .conftest import Broker, log


def restored(broker: Broker, partition: Partition) -> bytes:
    """The bytes of a partition's segments."""
    pieces = [piece for segment in partition.segments for piece in segment.pieces]
    return b"".join(broker.shelf.fetch(piece, broker.key) for piece in pieces)


def of(manifest: Manifest, name: str) -> Partition:
    return next(one for one in manifest.partitions if one.name == name)


def test_closed_files_are_whole_and_the_open_one_ends_at_the_high_watermark(
    broker: Broker,
) -> None:
    manifest = broker.back_up()
    orders = of(manifest, "orders-0")
    assert [(s.base, s.end, s.closed) for s in orders.segments] == [
        (0, 10, True), (10, 20, True), (20, 30, False),
    ]  # fmt: skip
    assert restored(broker, orders) == log(0, 30)
    assert orders.max_timestamp == 1_700_000_000_000
    assert manifest.groups[0].offsets == broker.groups[0].offsets[:1]
    assert manifest.topics[1].configs == {"cleanup.policy": "compact"}


def test_an_empty_partition_is_backed_up_as_such(broker: Broker) -> None:
    empty = of(broker.back_up(), "empty-0")
    assert (empty.end, empty.bytes, empty.content) == (0, 0, "0" * 64)


def test_the_first_run_sends_all_and_the_second_nothing_but_what_is_new(broker: Broker) -> None:
    first = broker.back_up()
    assert first.totals.new == first.totals.stored > 0
    again = broker.back_up()
    assert again.totals.new == 0
    path = broker.data / "orders-0" / "00000000000000000020.log"
    path.write_bytes(path.read_bytes() + log(32, 40))
    broker.ends["orders", 0] = 40
    third = broker.back_up()
    (piece,) = of(third, "orders-0").segments[-1].pieces[1:]
    assert third.totals.new == piece.stored
    assert restored(broker, of(third, "orders-0")) == log(0, 40)
    assert of(third, "orders-0").content != of(first, "orders-0").content


def test_no_byte_that_was_shipped_is_read_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.back_up()
    read: list[int] = []
    surveyed = reading.survey

    def counted(data: bytes, **more: Any) -> Any:
        read.append(len(data))
        return surveyed(data, **more)

    monkeypatch.setattr(reading, "survey", counted)
    broker.back_up()
    # The two batches above the high watermark, which it must look at.
    assert sum(read) == len(log(30, 32))


def test_records_are_hashed_once_for_all_backups(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []
    digest = content.digest

    def counted(data: memoryview, start: int = 0) -> str:
        hashed.append(start)
        return digest(data, start)

    monkeypatch.setattr(content, "digest", counted)
    first = of(broker.back_up(records=False), "orders-0")
    assert (first.records, first.segments[0].spans, hashed) == (None, (), [])
    # What was shipped without is hashed now, and stays the piece that it was.
    second = broker.back_up()
    assert hashed == [0, 0, 0]
    assert second.totals.new == 0
    assert [one.pieces for one in of(second, "orders-0").segments] == [
        one.pieces for one in first.segments
    ]
    # Once records were deleted from the front, only the piece that they were in.
    broker.starts["orders", 0] = 13
    third = of(broker.back_up(), "orders-0")
    assert hashed[3:] == [10, 13]
    assert third.segments[2].spans == of(second, "orders-0").segments[2].spans
    assert of(broker.back_up(), "orders-0") == third
    assert len(hashed) == 5
    assert broker.verify(broker.back_up()).well


def test_records_that_nobody_can_read_are_named_with_the_next_move(broker: Broker) -> None:
    data = bytearray(batch([record(0, b"value")]))
    # It says that it has five records.
    data[57:61] = (5).to_bytes(4, "big")
    data[17:21] = crc32c(bytes(data[21:])).to_bytes(4, "big")
    broker.write("orders-0", (0, bytes(data)))
    broker.ends["orders", 0] = 1
    with pytest.raises(TakingError, match=r"orders-0 on kafka/0: 0+\.log, .*records=never keeps"):
        broker.back_up()
    orders = of(broker.back_up(records=False), "orders-0")
    assert restored(broker, orders) == bytes(data)


def test_a_file_that_the_cleaner_wrote_anew_is_read_anew(broker: Broker) -> None:
    broker.back_up()
    compacted = batch([record(8, b"kept")], base=0, last=9)
    path = broker.data / "orders-0" / "00000000000000000000.log"
    path.with_suffix(".swapped").write_bytes(compacted)
    path.with_suffix(".swapped").replace(path)
    orders = of(broker.back_up(), "orders-0")
    assert restored(broker, orders) == compacted + log(10, 30)


def test_a_log_that_was_cut_back_and_written_differently_is_read_anew(broker: Broker) -> None:
    broker.back_up()
    path = broker.data / "orders-0" / "00000000000000000020.log"
    # In place: the same inode, as a follower does that must forget.
    path.write_bytes(log(20, 30, size=51))
    orders = of(broker.back_up(), "orders-0")
    assert restored(broker, orders) == log(0, 20) + log(20, 30, size=51)


def test_without_its_memory_everything_is_found_by_its_hash(broker: Broker) -> None:
    broker.back_up()
    shutil.rmtree(broker.root / "backup")
    assert broker.back_up().totals.new == 0


def test_what_the_store_lost_is_sent_again(broker: Broker) -> None:
    broker.back_up()
    lost = broker.objects()[0]
    size = lost.stat().st_size
    lost.unlink()
    manifest = broker.back_up()
    assert manifest.totals.new == size
    assert broker.verify(manifest).well


def test_large_files_become_pieces_of_whole_batches(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PIECE", 300)
    big = log(30, 34) + batch([record(34, b"x" * 1000)]) + log(36, 40)
    broker.write("orders-0", (0, log(0, 30) + big))
    broker.ends["orders", 0] = 40
    manifest = broker.back_up()
    (segment,) = of(manifest, "orders-0").segments
    assert len(segment.pieces) > 5
    assert all(piece.bytes <= 300 for piece in segment.pieces if piece.bytes < 1000)
    assert restored(broker, of(manifest, "orders-0")) == log(0, 30) + big
    assert broker.verify(manifest).well


def test_many_small_pieces_become_one(broker: Broker) -> None:
    path = broker.data / "orders-0" / "00000000000000000020.log"
    for end in range(32, 52, 2):
        path.write_bytes(log(20, end))
        broker.ends["orders", 0] = end
        manifest = broker.back_up()
    assert len(of(manifest, "orders-0").segments[-1].pieces) < 5
    assert restored(broker, of(manifest, "orders-0")) == log(0, 50)


@pytest.mark.parametrize("codec", Codec)
def test_records_come_back_as_they_were(broker: Broker, codec: Codec) -> None:
    wanted = [
        record(2, None, b"tombstone"),
        record(5, b"", b"", headers=[(b"twice", b"1"), (b"twice", None)]),
    ]
    plain = batch(wanted, codec=codec, leader_epoch=3, appended=1_800_000_000_000)
    data = plain + batch([record(9, b"no")], producer=4, transactional=True)
    data += marker(10, 4, commit=False) + batch([record(11, b"?")], producer=5, transactional=True)
    broker.write("orders-0", (2, data))
    broker.ends["orders", 0], broker.starts["orders", 0] = 12, 5
    manifest = broker.back_up()
    orders = of(manifest, "orders-0")
    assert (orders.log_start, orders.end) == (5, 12)
    assert restored(broker, orders) == data
    found = [list(records(one)) for one in batches(restored(broker, orders))]
    assert found[0] == [one._replace(timestamp=1_800_000_000_000) for one in wanted]
    assert broker.verify(manifest, records=True).digests["orders-0"]


def test_metadata_is_always_sealed_and_segments_on_request(broker: Broker) -> None:
    def stored() -> bytes:
        return b"".join(path.read_bytes() for path in broker.objects())

    manifest = broker.back_up()
    assert b"secret verifier" not in stored()
    assert manifest.keys == {broker.key.id}
    sealed = broker.back_up(seal=True)
    assert all(piece.key for piece in sealed.pieces)
    assert restored(broker, of(sealed, "orders-0")) == log(0, 30)
    assert sealed.metadata is not None
    assert [file.name for file in sealed.metadata.files] == [
        "00000000000000000000.log", "00000000000000000007-0000000001.checkpoint",
    ]  # fmt: skip
    assert broker.shelf.fetch(sealed.metadata.files[1].pieces[0], broker.key).startswith(b"secret")


def test_another_key_does_not_open_it_and_the_right_one_is_named(broker: Broker) -> None:
    manifest = broker.back_up(seal=True)
    for key in (Key.new(), None):
        with pytest.raises(WrongKeyError, match=f"sealed with key {broker.key.id}"):
            broker.verify(manifest, key=key)


def test_after_a_change_of_keys_everything_is_sealed_anew(broker: Broker) -> None:
    old = broker.back_up(seal=True)
    broker.key = Key.new()
    new = broker.back_up(seal=True)
    assert new.keys == {broker.key.id} != old.keys
    assert new.totals.new >= new.totals.stored
    assert broker.verify(new).well


class Failing:
    """A store that fails after some objects."""

    def __init__(self, broker: Broker, after: int, error: StoreError) -> None:
        self._left = iter(range(after))
        self._put = broker.store.put
        self._error = error

    def __call__(self, key: str, *args: Any, **more: Any) -> Any:
        # Several threads ask at once: looking and counting are one step.
        if next(self._left, None) is None:
            raise self._error
        return self._put(key, *args, **more)


@pytest.mark.parametrize(
    "error", [Unreachable("no answer from x: see y"), Full("no room in x: free some")]
)
def test_a_store_that_fails_in_the_middle_is_named_and_what_was_sent_counts(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, error: StoreError
) -> None:
    begun = broker.begin()
    with monkeypatch.context() as patch:
        patch.setattr(broker.store, "put", Failing(broker, 2, error))
        with pytest.raises(type(error), match=str(error)):
            broker.copy(begun)
    sent = len(broker.objects())
    assert sent == 2
    # The links hold what Kafka deletes meanwhile, so that the cut is still the same.
    shutil.rmtree(broker.data / "orders-0")
    broker.copy(begun)
    manifest = broker.finish(begun)
    assert restored(broker, of(manifest, "orders-0")) == log(0, 30)
    assert manifest.totals.new < manifest.totals.stored
    assert not (broker.root / "backup" / "cuts").exists()


def test_nothing_is_written_down_of_pieces_that_did_not_reach_the_disk(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = broker.begin()
    flushed = os.fsync

    def full(descriptor: int) -> None:
        """The disk takes documents, and no pieces."""
        if threading.current_thread().name.startswith("flush"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flushed(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Full, match="segments/"):
            broker.copy(begun)
    assert broker.shelf.read(Part, part_key(begun.id, "kafka/0")) is None
    broker.copy(begun)
    assert broker.verify(broker.finish(begun)).well


def test_what_was_written_after_the_cut_is_not_in_it_though_it_was_interrupted(
    broker: Broker,
) -> None:
    begun = broker.begin()

    class KilledError(Exception): ...

    def killed() -> None:
        raise KilledError

    with pytest.raises(KilledError):
        broker.copy(begun, check=killed)
    path = broker.data / "orders-0" / "00000000000000000020.log"
    path.write_bytes(log(20, 50))
    broker.ends["orders", 0] = 50
    broker.copy(begun)
    assert of(broker.finish(begun), "orders-0").end == 30


def test_a_part_that_was_done_is_not_done_again(broker: Broker) -> None:
    begun = broker.begin()
    first = broker.copy(begun)
    assert broker.copy(begun, ask=lambda _: pytest.fail("it cuts again")) == first


def test_links_of_a_backup_that_was_given_up_do_not_stay(broker: Broker) -> None:
    left = broker.root / "backup" / "cuts" / "20200101T000000Z" / "orders-0"
    left.mkdir(parents=True)
    broker.back_up()
    assert not left.exists()


def test_a_topic_that_is_deleted_meanwhile_is_left_out_and_named(broker: Broker) -> None:
    begun = broker.begin()
    del broker.ends["empty", 0]
    broker.copy(begun)
    manifest = broker.finish(begun)
    assert manifest.absent == (Absent(topic="empty", why=Trouble.DELETED),)
    assert [topic.name for topic in manifest.topics] == ["orders"]


def test_a_topic_whose_files_go_after_its_leader_answered_is_left_out(broker: Broker) -> None:
    begun = broker.begin()

    def deleted(wanted: Iterable[tuple[str, int]]) -> Marks:
        marks = broker.ask(wanted)
        shutil.rmtree(broker.data / "empty-0")
        return marks

    part = broker.copy(begun, ask=deleted)
    assert part.absent == (Absent(topic="empty", partition=0, why=Trouble.DELETED),)


def test_a_topic_that_was_deleted_and_created_again_is_another_one(broker: Broker) -> None:
    begun = broker.begin()
    (broker.data / "empty-0" / "partition.metadata").write_text(
        "version: 0\ntopic_id: BBBBBBBBBBBBBBBBBBBBBB\n"
    )
    assert [one.topic for one in broker.copy(begun).absent] == ["empty"]


def test_a_topic_that_is_created_meanwhile_is_named(broker: Broker) -> None:
    begun = broker.begin()
    broker.copy(begun)
    broker.ends["new", 0] = 5
    assert broker.finish(begun).absent == (Absent(topic="new", why=Trouble.CREATED),)


def test_a_leader_that_moves_in_the_middle_says_what_counts_of_the_old_one_s_copy(
    broker: Broker,
) -> None:
    begun = broker.begin()

    def moved(wanted: Iterable[tuple[str, int]]) -> Marks:
        # The new leader never had the last records of the old one, and so nobody has read them.
        broker.ends["orders", 0] = 26
        marks = broker.ask(wanted)
        parts = {
            name: mark.model_copy(update={"leader_epoch": 7})
            for name, mark in marks.partitions.items()
        }
        return marks.model_copy(update={"partitions": parts})

    broker.copy(begun, ask=moved)
    orders = of(manifest := broker.finish(begun), "orders-0")
    assert (orders.end, orders.leader_epoch) == (26, 7)
    assert restored(broker, orders) == log(0, 26)
    assert broker.verify(manifest).well


def test_an_old_leader_that_lacks_what_the_new_one_has_makes_no_backup(broker: Broker) -> None:
    begun = broker.begin()

    def moved(wanted: Iterable[tuple[str, int]]) -> Marks:
        broker.ends["orders", 0] = 40
        return broker.ask(wanted)

    with pytest.raises(TakingError, match=r"orders-0 .* ends at 32.*lags behind\. Run the backup"):
        broker.copy(begun, ask=moved)
    assert broker.shelf.read(Part, part_key(begun.id, "kafka/0")) is None
    assert not broker.shelf.head(manifest_key(begun.id))
    # What was sent is found by the next one.
    broker.write("orders-0", (0, log(0, 10)), (10, log(10, 20)), (20, log(20, 40)))
    assert broker.verify(broker.back_up()).well


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 4
    path.write_bytes(bytes(data))


def test_a_damaged_log_is_named_with_the_next_move(broker: Broker) -> None:
    flip(broker.data / "orders-0" / "00000000000000000010.log", 200)
    with pytest.raises(
        TakingError,
        match=r"log of orders-0 on kafka/0 is damaged: 0+10\.log, .*CRC is wrong\. Let another",
    ):
        broker.back_up()


def test_a_copy_that_lags_behind_is_named(broker: Broker) -> None:
    broker.ends["orders", 0] = 99
    with pytest.raises(TakingError, match="ends at 32, before its high watermark 99"):
        broker.back_up()


def test_progress_has_a_rate_and_the_time_left(broker: Broker) -> None:
    broker.back_up()
    assert any("MB/s" in text and "s left" in text for text in broker.told)


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_of_the_broker_is_named_and_no_link_keeps_it_full(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = broker.begin()
    with monkeypatch.context() as patch:
        patch.setattr(taking, "ensure_contents", full)
        with pytest.raises(TakingError, match=r"kafka/0 cannot link.*No space left.*`df`"):
            broker.copy(begun)
    assert not list((broker.root / "backup" / "cuts").iterdir())
    broker.copy(begun)
    assert broker.verify(broker.finish(begun)).well


def test_what_cannot_be_remembered_is_read_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        Ledger(broker.root / "ledger").remember("orders-0", KnownPartition())
    assert Ledger(broker.root / "ledger").of("orders-0", "") == {}


def test_a_full_store_is_named_and_the_backup_goes_on_once_there_is_room(
    tmp_path: Path,
) -> None:
    """A file system of one megabyte, which nobody but this test sees."""
    alone = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody have mounts of their own")
    program = Path(__file__).with_name("on_a_small_disk.py")
    made = subprocess.run(
        [*alone, sys.executable, str(program), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    assert "No room in" in made.stdout and "free some, and start again" in made.stdout
    assert made.stdout.endswith("whole\n")


def test_two_backups_of_a_unit_take_turns_and_a_killed_one_holds_nothing(broker: Broker) -> None:
    (broker.root / "backup").mkdir()
    other = (broker.root / "backup" / "lock").open("w")
    fcntl.flock(other, fcntl.LOCK_EX)

    def waits(text: str, done: float | None) -> None:
        broker.told.append(text)
        if "waits for another backup" in text:
            # As the kernel does for a process that is killed.
            other.close()

    begun = broker.begin()
    job = Job(data=broker.data, state=broker.root / "backup", ask=broker.ask, tell=waits)
    with Shipper(broker.shelf, key=broker.key) as shipper:
        taking.take(broker.shelf, shipper, begun, begun.shares[0], job, False)
    assert broker.told[0] == "waits for another backup of this unit"
    assert broker.verify(broker.finish(begun)).well
