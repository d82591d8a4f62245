# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A broker is backed up while it works, is lost meanwhile, and comes back elsewhere.

Three programs that know nothing of ours compare every record: a client, Kafka's own, and a reader
that knows the page about the format alone.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import (
    TIMESTAMP_LOG_APPEND_TIME,
    Consumer,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, NewTopic
from kafka.admin import KafkaAdminClient

from dataops.backup import finishing, metadata, pruning, reading
from dataops.backup.manifest import Absent, Begun, Cluster, Manifest, Trouble, new_id
from dataops.backup.restoration import (
    BOOTSTRAP,
    Blueprint,
    Furnished,
    Pieces,
    Wish,
    blueprint,
    content_on_disk,
    furnish,
    groups,
    image_of,
)
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job, Marks, take
from dataops.objectstore import Target, open_store
from dataops.testing import eventually
from tests.integration.judges import configured, consumed, dumped, watermarks
from tests.integration.plain_broker import PlainBroker
from tests.integration.test_restored_metadata import NEW, OLD, elect

ROOT = Path(__file__).resolve().parents[2]
CHARM = ROOT / "charms" / "kafka" / "src"
BY_THE_PAGE = ROOT / "lib" / "tests" / "unit" / "backup" / "by_the_page.py"
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
TOPICS = {
    "plain": 2, "compacted": 1, "transacted": 1, "trimmed": 1, "stamped": 1, "empty": 1,
    "numbered": 1,
}  # fmt: skip
CONFIGS = {
    # Rolled and compacted at once: the cleaner looks every half second.
    "compacted": {
        "cleanup.policy": "compact", "segment.ms": "300", "min.cleanable.dirty.ratio": "0.001",
    },
    "stamped": {"message.timestamp.type": "LogAppendTime", "compression.type": "zstd"},
    "plain": {"retention.ms": "-1", "max.message.bytes": "2000000"},
}  # fmt: skip
BESIDE = {".index", ".timeindex", ".snapshot"}
HEADERS = [("h", b"1"), ("h", b"2"), ("null", None)]
# When the first record was written, by the client's clock; each codec comes a second later.
FIRST = 1_700_000_000_000
# Where a group goes on in `plain-0`, with what it wrote beside that.
COMMITTED, NOTE = 33, "note"

Records = list[tuple[Any, ...]]


@dataclasses.dataclass
class Lost:
    """A broker that is no more, and the backup that was taken when that happened.

    Attributes:
        before: what a client read of each topic: only what is committed.
        raw: the same with what is not.
    """

    broker: PlainBroker
    shelf: Shelf
    key: Key
    before: dict[str, Records]
    raw: dict[str, Records]
    manifest: Manifest

    @property
    def pieces(self) -> Pieces:
        return Pieces(self.shelf, self.key)

    def restore(self, broker: PlainBroker, place: Path, wish: Wish) -> tuple[Blueprint, Furnished]:
        """The data of another broker, which was formatted and does not run yet."""
        plan = blueprint(self.manifest, image_of(self.manifest, self.pieces), {broker.node}, wish)
        done = furnish(plan, broker.node, self.pieces, place, wish)
        (place / "logs").rename(broker.data)
        broker.format()
        (broker.data / BOOTSTRAP).replace(broker.data / "bootstrap.checkpoint")
        return plan, done


@pytest.fixture(scope="module")
def charm() -> Iterator[SimpleNamespace]:
    """Modules of the charm: what asks a broker, and what a rehearsal compares."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(CHARM))
        import backup_admin  # pyright: ignore[reportMissingImports]
        import drill_checks  # pyright: ignore[reportMissingImports]
        import drill_clients  # pyright: ignore[reportMissingImports]
        import group_admin  # pyright: ignore[reportMissingImports]

        yield SimpleNamespace(
            admin=backup_admin, checks=drill_checks, clients=drill_clients, groups=group_admin
        )


@pytest.fixture(scope="module")
def lost(charm: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lost]:
    """It had all that is hard in Kafka."""
    root = tmp_path_factory.mktemp("lost")
    (root / "store").mkdir()
    shelf = Shelf(open_store(Target(kind="local", directory=str(root / "store"))), OLD)
    broker, key = PlainBroker(root / "old", "127.0.77.3", OLD), Key.new()
    try:
        broker.format()
        broker.start()
        fill(broker)
        compacted(broker)
        before = {topic: consumed(broker, topic) for topic in TOPICS}
        raw = {topic: consumed(broker, topic, "read_uncommitted") for topic in TOPICS}
        commit(broker, before)
        yield Lost(broker, shelf, key, before, raw, taken(charm, broker, shelf, key))
    finally:
        broker.end(kill=True)


def commit(broker: PlainBroker, before: dict[str, Records]) -> None:
    """A group is in the middle, where compaction left a gap, and where records were deleted."""
    places = [
        TopicPartition("plain", 0, COMMITTED, metadata=NOTE),
        TopicPartition("compacted", 0, gap(before["compacted"])),
        TopicPartition("trimmed", 0, 30),
    ]
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "readers"})
    try:

        def done() -> bool:
            # A coordinator that nobody has asked before refuses at first.
            with contextlib.suppress(KafkaException):
                consumer.commit(offsets=places, asynchronous=False)
                return True
            return False

        eventually(done, patience=60)
    finally:
        consumer.close()


def gap(records: Records) -> int:
    """An offset that compaction took away."""
    offsets = {one[1] for one in records}
    return next(one for one in range(min(offsets), max(offsets)) if one not in offsets)


def taken(charm: SimpleNamespace, broker: PlainBroker, shelf: Shelf, key: Key) -> Manifest:
    """The backup; a topic goes and one comes, the customer writes on, and the broker is killed."""
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    names: list[str] = []

    def ask(wanted: Iterable[tuple[str, int]]) -> Marks:
        marks = charm.admin.marks(admin, wanted)
        # It lies behind the high watermark that was told, and before the links are made.
        producer = Producer({"bootstrap.servers": broker.bootstrap})
        producer.produce("plain", b"too late", partition=0)
        assert producer.flush(60) == 0
        names.extend(topic["name"] for topic in admin.describe_topics())
        admin.close()
        return marks

    try:
        now = datetime.datetime.now(datetime.timezone.utc)
        begun = Begun(
            id=new_id(now),
            cluster=Cluster(id=OLD, application="kafka"),
            began=now,
            shares=finishing.shares(charm.admin.leaders(admin), {broker.node: "kafka/0"}),
            topics=charm.admin.topics(admin),
            groups=charm.admin.groups(admin),
        )
        pruning.begin(shelf, begun)
        other = AdminClient({"bootstrap.servers": broker.bootstrap})
        settled(other.delete_topics(["gone"]))
        settled(other.create_topics([NewTopic("late", 1, 1)]))
        eventually(lambda: there(admin) == {*TOPICS, "late"}, patience=60)
        job = Job(
            data=broker.data,
            state=broker.directory / "backup",
            ask=ask,
            check=lambda: broker.end(kill=True),
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "PIECE", 1 << 16)
            with Shipper(shelf, key=key) as shipper:
                take(shelf, shipper, begun, begun.shares[0], job, False)
    finally:
        with contextlib.suppress(Exception):
            admin.close()
    assert broker.process is None, "it was killed while its logs were read"
    return finishing.finish(shelf, begun.id, names, now)


def there(admin: Any) -> set[str]:
    """Topics that are not Kafka's own."""
    return {one["name"] for one in admin.describe_topics() if not one["is_internal"]}


def settled(futures: dict[Any, Any]) -> None:
    for future in futures.values():
        future.result(60)


@contextlib.contextmanager
def started(directory: Path, address: str, node: int) -> Iterator[PlainBroker]:
    """A broker of the new cluster, which ends with the test; whoever wants it starts it."""
    broker = PlainBroker(directory, address, NEW, node=node)
    try:
        yield broker
    finally:
        broker.end(kill=True)


def test_the_backup_has_what_there_was_at_its_cut(lost: Lost) -> None:
    assert lost.manifest.absent == (
        Absent(topic="gone", why=Trouble.DELETED),
        Absent(topic="late", why=Trouble.CREATED),
    )
    own = {one.name: one.configs for one in lost.manifest.topics if not one.internal}
    assert own == {topic: CONFIGS.get(topic, {}) for topic in TOPICS}
    # The tests' own topics have what they should, or all that follows would say little.
    counts = {topic: len(records) for topic, records in lost.before.items()}
    assert counts["transacted"] == 60 and counts["trimmed"] == 70 and counts["empty"] == 0
    assert counts["numbered"] == 3000
    assert len(lost.raw["transacted"]) == 120
    assert {tuple(one[5]) for one in lost.before["plain"]} == {tuple(HEADERS)}
    # The broker's clock, not the client's, which said 2023.
    assert {one[4][0] for one in lost.before["stamped"]} == {TIMESTAMP_LOG_APPEND_TIME}
    assert len(next(p for p in lost.manifest.partitions if p.topic == "numbered").segments) > 1


def test_a_reader_that_knows_the_page_alone_reads_what_a_client_did(lost: Lost) -> None:
    place = lost.shelf.store.target.directory
    done = subprocess.run(
        [sys.executable, "-I", str(BY_THE_PAGE), place, OLD, lost.key.text],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    records = json.loads(done.stdout)["records"]
    for topic in TOPICS:
        seen = [
            (
                index, one["offset"], raw(one["key"]), raw(one["value"]), one["timestamp"],
                [(raw(name).decode(), raw(value)) for name, value in one["headers"]],
            )
            for index in range(TOPICS[topic])
            for one in records[f"{topic}-{index}"]
        ]  # fmt: skip
        wanted = [(*one[:4], one[4][1], one[5] or []) for one in lost.raw[topic]]
        assert seen == wanted, topic


def raw(text: str | None) -> Any:
    return None if text is None else bytes.fromhex(text)


def test_every_record_is_the_same(lost: Lost, charm: SimpleNamespace, tmp_path: Path) -> None:
    before = lost.before
    with started(tmp_path / "new", "127.0.77.4", 4) as new:
        plan, done = lost.restore(new, tmp_path / "staging", Wish())
        assert set(plan.image.topics) == set(TOPICS)
        assert {one.topic: one.aborted for one in done.partitions}["transacted"] == 1
        for one in plan.partitions.values():
            assert content_on_disk(one, new.data) == one.content
        same_dumps(dumped(lost.broker, TOPICS), dumped(new, TOPICS))
        shutil.copytree(new.data, tmp_path / "copy")
        new.start()
        elect(new)
        # The transaction that was open hides nothing: what comes after it can be read.
        producer = Producer({"bootstrap.servers": new.bootstrap})
        producer.produce("transacted", b"after")
        assert producer.flush(60) == 0
        for topic in TOPICS:
            found = consumed(new, topic)
            if topic == "transacted":
                assert found.pop()[3] == b"after"
            assert found == before[topic], topic
        assert watermarks(new, "trimmed") == (30, 100)
        hashes_compared(charm, new, lost.manifest)
        # What was aborted is there and stays aborted.
        assert consumed(new, "transacted", "read_uncommitted")[:-1] == lost.raw["transacted"]
        assert configured(new, TOPICS) == {topic: CONFIGS.get(topic, {}) for topic in TOPICS}
        told(charm, lost, new, done)
        assert committed(new) == {
            ("plain", COMMITTED, NOTE),
            ("compacted", gap(before["compacted"]), ""),
            ("trimmed", 30, ""),
        }
        new.end(kill=True)
        beside_logs_compared(tmp_path / "copy", new)


def test_only_what_was_asked_for_comes_back_up_to_a_moment(
    lost: Lost, charm: SimpleNamespace, tmp_path: Path
) -> None:
    # After the first codec's records, before the second one's.
    moment, wanted = FIRST + 500, ("plain", "stamped")
    with started(tmp_path / "new", "127.0.77.5", 5) as new:
        _, done = lost.restore(new, tmp_path / "staging", Wish(wanted, moment))
        assert {one.topic: one.cut for one in done.partitions} == dict.fromkeys(wanted, True)
        old, cut = dumped(lost.broker, wanted), dumped(new, ("plain",))
        for name, lines in cut.items():
            assert lines == old[name][: len(lines)] and len(lines) < len(old[name])
        new.start()
        elect(new)
        earlier = [one for one in lost.before["plain"] if one[4][1] <= moment]
        assert 0 < len(earlier) < len(lost.before["plain"])
        assert consumed(new, "plain") == earlier
        # By the broker's clock, all of it was written later.
        assert consumed(new, "stamped") == []
        assert configured(new, wanted) == {topic: CONFIGS[topic] for topic in wanted}
        listed = AdminClient({"bootstrap.servers": new.bootstrap}).list_topics(timeout=60).topics
        assert {name for name in listed if name[0] != "_"} == set(wanted)
        told(charm, lost, new, done)
        # It had read further than there is now: what comes next is not skipped.
        end = max(one[1] for one in earlier if one[0] == 0) + 1
        assert end < COMMITTED
        assert committed(new) == {("plain", end, NOTE)}


def told(charm: SimpleNamespace, lost: Lost, broker: PlainBroker, done: Furnished) -> None:
    """Groups know where to go on, as a restore tells them."""
    bounds = {(one.topic, one.index): (one.start, one.end) for one in done.partitions}
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        assert charm.groups.tell(admin, groups(lost.manifest, bounds)) == 1
    finally:
        admin.close()


def committed(broker: PlainBroker) -> set[tuple[str, int, str]]:
    """Where the group goes on, and what it wrote beside that."""
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "readers"})
    try:
        places = [TopicPartition(topic, 0) for topic in ("plain", "compacted", "trimmed")]
        found = consumer.committed(places, timeout=60)
        return {(one.topic, one.offset, one.metadata or "") for one in found if one.offset >= 0}
    finally:
        consumer.close()


def beside_logs_compared(ours: Path, broker: PlainBroker) -> None:
    """What was made beside the logs is what a broker makes of them that finds nothing there."""
    closed = Path("numbered-0", f"{0:020}.index")
    # It was not made again.
    assert (broker.data / closed).stat().st_mtime_ns == (ours / closed).stat().st_mtime_ns
    shutil.rmtree(broker.data)
    shutil.copytree(ours, broker.data)
    made = {path.relative_to(ours) for path in ours.glob("*-*/*") if path.suffix in BESIDE}
    made |= {path.relative_to(ours) for path in ours.glob("*-*/leader-epoch-checkpoint")}
    made = {path for path in made if path.parent.name != metadata.DIRECTORY}
    for path in made:
        (broker.data / path).unlink()
    (broker.data / ".kafka_cleanshutdown").unlink()
    broker.start()
    # One that is ended before it is whole leaves its indexes as large as they may become.
    elect(broker)
    broker.end()
    assert {path.parent.name.rpartition("-")[0] for path in made} == set(TOPICS) - {"transacted"}
    assert len([path for path in made if path.parent.name == "numbered-0"]) > 6
    for path in made:
        mine, theirs = (ours / path).read_bytes(), (broker.data / path).read_bytes()
        if path.suffix == ".snapshot":
            mine, theirs = told_producers(mine), told_producers(theirs)
            assert path.parent.name != "numbered-0" or len(mine) == 2
        elif path.name == "leader-epoch-checkpoint":
            mine, theirs = mine.split(b"\n")[2:-1], theirs.split(b"\n")[2:-1]
            theirs = theirs[: len(mine)]
            if path.parent.name == "trimmed-0":
                # What clients may not read counts no longer once a broker has it.
                assert (mine, theirs) == ([b"0 0"], [b"0 30"])
                continue
        assert mine == theirs, path


def told_producers(snapshot: bytes) -> list[bytes]:
    """The checksum's version, and each producer's entry."""
    return sorted([snapshot[:2], *(snapshot[at : at + 46] for at in range(10, len(snapshot), 46))])


def hashes_compared(charm: SimpleNamespace, broker: PlainBroker, manifest: Manifest) -> None:
    """As a rehearsal does: a client comes to the hashes that the backup has of its records."""
    wanted = list(charm.checks.portions(manifest.partitions, 1 << 30))
    assert {one.place[0] for one in wanted} == set(TOPICS) - {"empty"}
    with charm.clients.reading({"bootstrap.servers": broker.bootstrap}) as consumer:
        for one in wanted:
            found = charm.clients.digest(consumer, one.place, one.start, one.end)
            assert found.hexdigest() == one.sha256, one.place


def fill(broker: PlainBroker) -> None:
    """Every codec, headers twice and without value, tombstones, transactions of each ending."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    topics = [
        NewTopic(name, count, 1, config=CONFIGS.get(name, {}))
        for name, count in {**TOPICS, "gone": 1}.items()
    ]
    settled(admin.create_topics(topics))
    for number, codec in enumerate(CODECS):
        producer = Producer({"bootstrap.servers": broker.bootstrap, "compression.type": codec})
        for index in range(40):
            value = f"{codec} {index}".encode() * 20
            stamp = FIRST + number * 1000 + index
            producer.produce(
                "plain", value, b"k%d" % index, partition=index % 2, headers=HEADERS,
                timestamp=stamp,
            )  # fmt: skip
            producer.produce("stamped", value, b"k%d" % index, timestamp=stamp)
        for index in range(10):
            last = None if index % 3 == 0 else value
            # Every other key comes once, so that what stays has gaps.
            key = f"{codec if index % 2 else 'k'}{index}"
            producer.produce("compacted", last, key)
        assert producer.flush(60) == 0
        # Later than the time after which a segment is closed.
        time.sleep(0.4)
    producer = Producer({"bootstrap.servers": broker.bootstrap})
    for index in range(100):
        producer.produce("trimmed", b"%d" % index)
    assert producer.flush(60) == 0
    for future in admin.delete_records([TopicPartition("trimmed", 0, 30)]).values():
        future.result(60)
    # Several segments, and numbers by which the broker knows what comes twice.
    producer = Producer(
        {
            "bootstrap.servers": broker.bootstrap,
            "enable.idempotence": True,
            "batch.num.messages": 10,
        }
    )
    for index in range(3000):
        producer.produce("numbered", (b"%d " % index) * 200, timestamp=FIRST + index % 9)
        producer.poll(0)
    assert producer.flush(60) == 0
    for name, ending in (("one", "commit"), ("two", "abort"), ("three", "commit"), ("four", "")):
        transact(broker, name, ending)


def compacted(broker: PlainBroker) -> None:
    """Wait until the cleaner has left gaps between offsets, and leaves the files alone."""

    def gaps() -> bool:
        found, there = consumed(broker, "compacted"), files()
        if not found or len(found) == found[-1][1] - found[0][1] + 1:
            return False
        # Three rounds of the cleaner.
        time.sleep(1.5)
        return files() == there and consumed(broker, "compacted") == found

    def files() -> dict[str, int]:
        seen: dict[str, int] = {}
        for path in (broker.data / "compacted-0").glob("*.log*"):
            with contextlib.suppress(FileNotFoundError):
                seen[path.name] = path.stat().st_ino
        return seen

    eventually(gaps, patience=90)


def transact(broker: PlainBroker, name: str, ending: str) -> None:
    # None is ended by its coordinator because the machine is slow.
    settings = {"transactional.id": name, "transaction.timeout.ms": 900_000}
    producer = Producer({"bootstrap.servers": broker.bootstrap, **settings})
    producer.init_transactions(60)
    producer.begin_transaction()
    for index in range(30):
        producer.produce("transacted", f"{name} {index} {ending}".encode())
    assert producer.flush(60) == 0
    if ending == "commit":
        producer.commit_transaction(60)
    elif ending == "abort":
        producer.abort_transaction(60)


def same_dumps(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    """Every batch is what it was, to its checksum; one transaction more is ended."""
    # What was written after the cut, by a clock that is years ahead, began a file of its own.
    assert set(old) - set(new) == {f"plain-0/{100:020}.log"} and set(new) <= set(old)
    codecs = {
        code
        for lines in old.values()
        for code in re.findall(r"compresscodec: (\w+)", "".join(lines))
    }
    assert codecs == set(CODECS)
    for name in sorted(new):
        lines = old[name]
        if name.startswith("transacted-"):
            more = new[name][len(lines) :]
            assert more and "endTxnMarker: ABORT" in more[-1]
        assert new[name][: len(lines)] == lines, name
        assert name.startswith("transacted-") or len(new[name]) == len(lines)
