# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a backup of real logs holds, before two judges: Kafka's own program, and a consumer."""

from __future__ import annotations

import contextlib
import datetime
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from dataops.backup import finishing, pruning
from dataops.backup.batches import Batch, batches
from dataops.backup.codecs import Codec
from dataops.backup.content import Digest, chain
from dataops.backup.manifest import Begun, Cluster, Manifest, Partition, new_id
from dataops.backup.records import Record, records, transactions, visible
from dataops.backup.sealed import Key
from dataops.backup.shelf import Shelf
from dataops.backup.ship import Shipper
from dataops.backup.taking import Job, Marks, take
from dataops.backup.verification import Verification
from dataops.objectstore import Target, open_store
from dataops.testing import eventually
from tests.integration.plain_broker import PlainBroker, libraries, run

ADDRESS = "127.77.31.9"
CLUSTER = "bG9nc2xvZ3Nsb2dzbG9nc2w"
KEY = Key.new()
CODECS = {codec: f"codec-{codec.name.lower()}" for codec in Codec}
TOPICS = {
    **{name: {} for name in CODECS.values()},
    "appended": {"message.timestamp.type": "LogAppendTime"},
    "transactions": {},
    "trimmed": {"segment.bytes": "1048576"},
    "compacted": {
        "cleanup.policy": "compact",
        "segment.ms": "100",
        "min.cleanable.dirty.ratio": "0.001",
        "delete.retention.ms": "600000",
    },
    "empty": {"retention.ms": "-1"},
}
HEADERS = [("twice", b"1"), ("twice", b"2"), ("null", None)]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainBroker]:
    """One that has seen everything that clients do."""
    found = PlainBroker(tmp_path_factory.mktemp("broker"), ADDRESS, CLUSTER)
    # The cleaner looks around every 15 seconds else.
    config = found.directory / "server.properties"
    config.write_text(config.read_text() + "log.cleaner.backoff.ms=500\n")
    found.format()
    found.start()
    try:
        with contextlib.closing(KafkaAdminClient(bootstrap_servers=[found.bootstrap])) as admin:
            admin.create_topics([NewTopic(n, 1, 1, topic_configs=c) for n, c in TOPICS.items()])
            fill(found, admin)
        yield found
    finally:
        found.end(kill=True)


def fill(broker: PlainBroker, admin: KafkaAdminClient) -> None:
    """Records of every kind."""
    basic = {"bootstrap.servers": broker.bootstrap, "log_level": 2}
    for codec, topic in CODECS.items():
        name = codec.name.lower()
        producer = Producer({**basic, "compression.type": name, "linger.ms": 20})
        for n in range(500):
            producer.produce(topic, b"value %d " % n * 9, b"k%d" % (n % 7), headers=HEADERS)
        producer.produce(topic, None, b"tombstone")
        producer.produce(topic, b"", None)
        assert producer.flush(120) == 0
    producer = Producer(basic)
    for n in range(50):
        producer.produce("appended", b"%d" % n, timestamp=1_000_000 + n)
    for n in range(4000):
        producer.produce("trimmed", b"x" * 1000, b"%d" % n)
    assert producer.flush(120) == 0
    admin.delete_records({_partition("trimmed"): 2500})
    transact(basic)
    for n in range(300):
        producer.produce("compacted", b"%d" % n, b"key-%d" % (n % 5))
        if n % 100 == 99:
            producer.produce("compacted", None, b"key-1")
            assert producer.flush(120) == 0
            # The next record finds a file that is old enough to be closed.
            admin.describe_topics()
    consumer = Consumer({**basic, "group.id": "readers", "enable.auto.commit": False})
    place = TopicPartition("trimmed", 0, 3000, metadata="half")

    def committed() -> bool:
        # A coordinator that nobody has asked before refuses at first.
        with contextlib.suppress(KafkaException):
            consumer.commit(offsets=[place], asynchronous=False)
            return True
        return False

    eventually(committed, patience=60)
    consumer.close()

    def cleaned() -> bool:
        producer.produce("compacted", b"more", b"tick")
        assert producer.flush(120) == 0
        try:
            log = min((broker.data / "compacted-0").glob("*.log")).read_bytes()
        except FileNotFoundError:  # The cleaner puts its own file in the place of this one.
            return False
        return sum(one.records for one in batches(log)) < 200

    eventually(cleaned, patience=120)


def transact(basic: dict[str, str | int]) -> None:
    """One that is committed, one aborted, one left open."""
    for name in ("commit", "abort", "open"):
        # None is ended by its coordinator because the machine is slow.
        patient = {"transactional.id": name, "transaction.timeout.ms": 900_000}
        producer = Producer({**basic, **patient})
        producer.init_transactions(30)
        producer.begin_transaction()
        for n in range(20):
            producer.produce("transactions", b"%s %d" % (name.encode(), n))
        assert producer.flush(120) == 0
        if name == "commit":
            producer.commit_transaction(30)
        elif name == "abort":
            producer.abort_transaction(30)
    # It never ends, or its end would be an abort.
    OPEN.append(producer)


OPEN: list[Producer] = []


def _partition(topic: str) -> object:
    from kafka import TopicPartition as Place

    return Place(topic, 0)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    directory = tmp_path_factory.mktemp("store")
    return Shelf(open_store(Target(kind="local", directory=str(directory))), CLUSTER)


@pytest.fixture(scope="module")
def manifest(broker: PlainBroker, shelf: Shelf) -> Manifest:
    """A backup of all of it, asked for as the charm asks."""
    with pytest.MonkeyPatch.context() as patch:
        source = Path(__file__).resolve().parents[2] / "charms" / "kafka" / "src"
        patch.syspath_prepend(str(source))
        import backup_admin  # pyright: ignore[reportMissingImports]

        sys.modules.pop("backup_admin")
    client = KafkaAdminClient(bootstrap_servers=[broker.bootstrap])
    now = datetime.datetime.now(datetime.timezone.utc)
    begun = Begun(
        id=new_id(now),
        cluster=Cluster(id=CLUSTER, application="kafka"),
        began=now,
        shares=finishing.shares(backup_admin.leaders(client), {0: "kafka/0"}),
        topics=backup_admin.topics(client),
        groups=backup_admin.groups(client),
    )
    pruning.begin(shelf, begun)

    def ask(wanted: object) -> Marks:
        return backup_admin.marks(client, wanted)

    job = Job(data=broker.data, state=broker.directory / "backup", ask=ask)
    with Shipper(shelf, key=KEY) as shipper:
        take(shelf, shipper, begun, begun.shares[0], job, seal=False)
    client.close()
    return finishing.finish(shelf, begun.id, [topic.name for topic in begun.topics], now)


def partition(manifest: Manifest, topic: str) -> Partition:
    return next(one for one in manifest.partitions if one.topic == topic)


def log_of(shelf: Shelf, found: Partition) -> bytes:
    pieces = [piece for segment in found.segments for piece in segment.pieces]
    return b"".join(shelf.fetch(piece) for piece in pieces)


def consumed(broker: PlainBroker, found: Partition, level: str) -> list[Record]:
    """Everything that a consumer of another make sees up to the backup's end."""
    consumer = Consumer(
        {
            "bootstrap.servers": broker.bootstrap,
            "group.id": "judge",
            "isolation.level": level,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "log_level": 2,
        }
    )
    consumer.assign([TopicPartition(found.topic, found.index, 0)])
    seen: list[Record] = []
    try:
        while (message := consumer.poll(30)) is not None:
            # The end of the partition is an error of its own; any other one passes.
            error = message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:
                continue
            if error is not None or (message.offset() or 0) >= found.end:
                return seen
            headers = tuple((n.encode(), v) for n, v in message.headers() or ())
            offset, stamp = message.offset() or 0, message.timestamp()[1]
            seen.append(Record(offset, stamp, message.key(), message.value(), headers))
    finally:
        consumer.close()
    raise AssertionError(f"{found.name}: nothing came for 30 seconds")


@pytest.mark.parametrize("topic", sorted(TOPICS))
@pytest.mark.parametrize("level", ["read_uncommitted", "read_committed"])
def test_a_consumer_sees_exactly_what_is_in_the_backup(
    broker: PlainBroker, shelf: Shelf, manifest: Manifest, topic: str, level: str
) -> None:
    found = partition(manifest, topic)
    log = list(batches(log_of(shelf, found)))
    ended = transactions(log) if level == "read_committed" else None
    ours = [one for one in visible(log, ended) if one.offset >= found.log_start]
    seen = consumed(broker, found, level)
    if topic == "compacted":
        # The cleaner goes on after the backup: what it leaves was in it, with every key's last.
        assert set(seen) <= set(ours)
        assert {one.key: one for one in seen} == {one.key: one for one in ours}
    else:
        assert seen == ours
    assert bool(ours) == (topic != "empty")


def test_the_cases_are_what_they_should_be(shelf: Shelf, manifest: Manifest) -> None:
    for codec, topic in CODECS.items():
        assert {one.codec for one in batches(log_of(shelf, partition(manifest, topic)))} == {codec}
    log = list(batches(log_of(shelf, partition(manifest, "transactions"))))
    ended = transactions(log)
    assert ended.aborted
    assert ended.open
    assert all(
        one.log_append_time for one in batches(log_of(shelf, partition(manifest, "appended")))
    )
    compacted = list(batches(log_of(shelf, partition(manifest, "compacted"))))
    offsets = [one.offset for each in compacted for one in records(each)]
    assert len(offsets) < partition(manifest, "compacted").end
    trimmed = partition(manifest, "trimmed")
    assert (trimmed.log_start, trimmed.end) == (2500, 4000)
    configs = {topic.name: topic.configs for topic in manifest.topics}
    assert configs["compacted"] == TOPICS["compacted"]
    assert configs["empty"] == {"retention.ms": "-1"}
    (readers,) = (group for group in manifest.groups if group.name == "readers")
    # The client that committed it counts C's last byte as part of the text.
    assert [(o.offset, o.metadata.rstrip("\0")) for o in readers.offsets] == [(3000, "half")]
    assert all(len(topic.id) == 22 for topic in manifest.topics)


_BATCH = re.compile(
    r"^baseOffset: (\d+) lastOffset: (\d+) count: (\d+) .*partitionLeaderEpoch: (\d+) "
    r"isTransactional: (\w+) isControl: (\w+) .*position: (\d+) .*compresscodec: (\w+) "
    r"crc: (\d+) isvalid: (\w+)",
    re.MULTILINE,
)
_RECORD = re.compile(r"^\| offset: (\d+) \w+: (-?\d+) keySize: (-?\d+) valueSize: (-?\d+)", re.M)


@pytest.mark.parametrize("topic", ["codec-zstd", "codec-lz4", "transactions", "compacted"])
def test_kafkas_own_program_reads_the_same_batches_and_records(
    shelf: Shelf, manifest: Manifest, topic: str, tmp_path: Path
) -> None:
    for segment in partition(manifest, topic).segments:
        data = b"".join(shelf.fetch(piece) for piece in segment.pieces)
        path = tmp_path / f"{segment.base:020}.log"
        path.write_bytes(data)
        told = run(
            "org.apache.kafka.tools.DumpLogSegments",
            "--files", str(path), "--deep-iteration", "--print-data-log",
            libraries=libraries(),
        )  # fmt: skip
        ours = list(batches(data))
        assert [match.groups()[:-2] for match in _BATCH.finditer(told)] == [_as(b) for b in ours]
        assert all(match[10] == "true" for match in _BATCH.finditer(told))
        found = [tuple(map(int, match.groups())) for match in _RECORD.finditer(told)]
        assert found == [
            (one.offset, one.timestamp, _size(one.key), _size(one.value))
            for batch in ours
            for one in records(batch)
        ]


def _as(batch: Batch) -> tuple[str, ...]:
    numbers = (batch.base, batch.last, batch.records, batch.leader_epoch)
    flags = (str(batch.transactional).lower(), str(batch.control).lower())
    return (*map(str, numbers), *flags, str(batch.position), Codec(batch.codec).name.lower())


def _size(value: bytes | None) -> int:
    return -1 if value is None else len(value)


def test_a_consumer_comes_to_the_hashes_of_records(
    broker: PlainBroker, shelf: Shelf, manifest: Manifest
) -> None:
    look = Verification(shelf, KEY, records=True)
    verdict = look.run(manifest, "kafka/0", datetime.datetime.now(datetime.timezone.utc))
    assert verdict.well, verdict.problems
    for topic in sorted(TOPICS.keys() - {"compacted"}):
        found = partition(manifest, topic)
        seen = list(consumed(broker, found, "read_uncommitted"))
        whole, links = Digest(), list[str]()
        for span in (span for segment in found.segments for span in segment.spans):
            digest = Digest()
            while seen and seen[0].offset < span.end:
                digest.add(seen[0])
                whole.add(seen.pop(0))
            links.append(digest.hexdigest())
        assert not seen
        assert found.records == chain(links), topic
        assert verdict.digests[f"{topic}-0"] == whole.hexdigest()
