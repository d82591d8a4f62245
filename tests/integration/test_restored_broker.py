# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A broker restored from another one's files: two other programs compare every record."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from dataops.backup import metadata
from dataops.backup.manifest import Group, GroupOffset, Manifest
from dataops.backup.restoration import (
    BOOTSTRAP,
    Pieces,
    Wish,
    blueprint,
    content_on_disk,
    furnish,
    image_of,
)
from dataops.backup.shelf import Shelf
from dataops.objectstore import Target, open_store
from dataops.testing import eventually
from dataops.testing.backups import backup_of
from tests.integration.plain_broker import PlainBroker, libraries, run
from tests.integration.test_restored_metadata import NEW, OLD, elect

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


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[tuple[PlainBroker, PlainBroker]]:
    old = PlainBroker(tmp_path / "old", "127.0.77.3", OLD)
    new = PlainBroker(tmp_path / "new", "127.0.77.4", NEW, node=4)
    try:
        yield old, new
    finally:
        old.end(kill=True)
        new.end(kill=True)


def test_every_record_is_the_same(
    brokers: tuple[PlainBroker, PlainBroker], tmp_path: Path
) -> None:
    old, new = brokers
    old.format()
    old.start()
    fill(old)
    compacted(old)
    before = {topic: consumed(old, topic) for topic in TOPICS}
    raw = consumed(old, "transacted", "read_uncommitted")
    assert len(raw) == 120 and {one[5] == HEADERS for one in before["plain"]} == {True}
    # The broker's clock, not the client's, which said 2023.
    assert {one[4][0] for one in before["stamped"]} == {TIMESTAMP_LOG_APPEND_TIME}
    counts = {topic: len(records) for topic, records in before.items()}
    assert counts["transacted"] == 60 and counts["trimmed"] == 70 and counts["empty"] == 0
    assert counts["numbered"] == 3000
    old.end(kill=True)

    (tmp_path / "store").mkdir()
    shelf = Shelf(open_store(Target(kind="local", directory=str(tmp_path / "store"))), OLD)
    offset = GroupOffset(topic="plain", partition=0, offset=33, metadata="note")
    group = Group(name="readers", offsets=(offset,))
    manifest = backup_of(old.data, shelf, groups=[group], starts={("trimmed", 0): 30})
    pieces, wish = Pieces(shelf), Wish()
    plan = blueprint(manifest, image_of(manifest, pieces), {new.node}, wish)
    assert set(plan.image.topics) == set(TOPICS)
    done = furnish(plan, new.node, pieces, tmp_path / "staging", wish)
    assert {one.topic: one.aborted for one in done.partitions}["transacted"] == 1
    (tmp_path / "staging" / "logs").rename(new.data)
    for one in plan.partitions.values():
        assert content_on_disk(one, new.data) == one.content
    same_dumps(dumped(old), dumped(new))

    new.format()
    (new.data / BOOTSTRAP).replace(new.data / "bootstrap.checkpoint")
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
    assert watermarks(new, "trimmed") == watermarks_before(before["trimmed"])
    hashes_compared(new, manifest)
    # What was aborted is there and stays aborted.
    assert consumed(new, "transacted", "read_uncommitted")[:-1] == raw
    assert configured(new) == {topic: CONFIGS.get(topic, {}) for topic in TOPICS}
    new.end(kill=True)
    beside_logs_compared(tmp_path / "copy", new)


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


def hashes_compared(broker: PlainBroker, manifest: Manifest) -> None:
    """As a rehearsal does: a client comes to the hashes that the backup has of its records."""
    source = Path(__file__).resolve().parents[2] / "charms" / "kafka" / "src"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(source))
        import drill_checks  # pyright: ignore[reportMissingImports]
        import drill_clients  # pyright: ignore[reportMissingImports]
    wanted = list(drill_checks.portions(manifest.partitions, 1 << 30))
    assert {one.place[0] for one in wanted} == set(TOPICS) - {"empty"}
    with drill_clients.reading({"bootstrap.servers": broker.bootstrap}) as consumer:
        for one in wanted:
            found = drill_clients.digest(consumer, one.place, one.start, one.end)
            assert found.hexdigest() == one.sha256, one.place


def watermarks_before(records: list[Any]) -> tuple[int, int]:
    return records[0][1], records[-1][1] + 1


def fill(broker: PlainBroker) -> None:
    """Every codec, headers twice and without value, tombstones, transactions of each ending."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    topics = [
        NewTopic(name, count, 1, config=CONFIGS.get(name, {})) for name, count in TOPICS.items()
    ]
    for future in admin.create_topics(topics).values():
        future.result(60)
    for number, codec in enumerate(CODECS):
        producer = Producer({"bootstrap.servers": broker.bootstrap, "compression.type": codec})
        for index in range(40):
            value = f"{codec} {index}".encode() * 20
            stamp = 1_700_000_000_000 + number * 1000 + index
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
        producer.produce(
            "numbered", (b"%d " % index) * 200, timestamp=1_700_000_000_000 + index % 9
        )
        producer.poll(0)
    assert producer.flush(60) == 0
    for name, ending in (("one", "commit"), ("two", "abort"), ("three", "commit"), ("four", "")):
        transact(broker, name, ending)


def compacted(broker: PlainBroker) -> None:
    """Wait until the cleaner has left gaps between offsets."""

    def gaps() -> bool:
        found = consumed(broker, "compacted")
        return len(found) < found[-1][1] - found[0][1] + 1 and settled(found)

    def settled(found: list[Any]) -> bool:
        time.sleep(1.5)
        return consumed(broker, "compacted") == found

    eventually(gaps, patience=90)


def configured(broker: PlainBroker) -> dict[str, dict[str, str]]:
    """What is set for each topic itself."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    resources = [ConfigResource(ResourceType.TOPIC, topic) for topic in TOPICS]
    return {
        resource.name: {
            one.name: one.value for one in answer.result(60).values() if one.source == 1
        }
        for resource, answer in admin.describe_configs(resources).items()
    }


def transact(broker: PlainBroker, name: str, ending: str) -> None:
    settings = {"bootstrap.servers": broker.bootstrap, "transactional.id": name}
    producer = Producer(settings)
    producer.init_transactions(60)
    producer.begin_transaction()
    for index in range(30):
        producer.produce("transacted", f"{name} {index} {ending}".encode())
    assert producer.flush(60) == 0
    if ending == "commit":
        producer.commit_transaction(60)
    elif ending == "abort":
        producer.abort_transaction(60)


def consumed(
    broker: PlainBroker, topic: str, isolation: str = "read_committed"
) -> list[tuple[Any, ...]]:
    """Every record that is committed, or every one, as another client library reads it."""
    consumer = Consumer(
        {
            "bootstrap.servers": broker.bootstrap,
            "group.id": "judge",
            "isolation.level": isolation,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
    )
    found: list[tuple[Any, ...]] = []
    try:
        places = [TopicPartition(topic, index, -2) for index in range(TOPICS[topic])]
        consumer.assign(places)
        ended: set[int] = set()
        while len(ended) < len(places):
            message = consumer.poll(60)
            assert message is not None, f"{topic}: nothing comes, {len(found)} came"
            if message.error():
                ended.add(message.partition())
                continue
            found.append(
                (
                    message.partition(), message.offset(), message.key(), message.value(),
                    message.timestamp(), message.headers(),
                )
            )  # fmt: skip
    finally:
        consumer.close()
    return sorted(found, key=lambda one: one[:2])


def watermarks(broker: PlainBroker, topic: str) -> tuple[int, int]:
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "judge"})
    try:
        return consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=60)
    finally:
        consumer.close()


def dumped(broker: PlainBroker) -> dict[str, list[str]]:
    """What Kafka's own program makes of each log, which it checks: a line for a batch or record.

    Each line says offsets, times, codec, checksum, producer and header keys.
    """
    logs = sorted(
        str(path) for path in broker.data.glob("*-*/*.log") if path.parent.name[0] != "_"
    )
    program = "org.apache.kafka.tools.DumpLogSegments"
    text = run(program, "--deep-iteration", "--files", ",".join(logs), libraries=libraries())
    assert "isvalid: true" in text and "isvalid: false" not in text
    assert not re.search(r"(?i)exception|mismatch|found non-consecutive", text)
    parts = re.split(r"(?m)^Dumping (.*)$", text)[1:]
    return {
        str(Path(name).relative_to(broker.data)): [line for line in part.splitlines() if line]
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    }


def same_dumps(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    """Every batch is what it was, to its checksum; one transaction more is ended."""
    assert set(new) == set(old)
    codecs = {
        code
        for lines in old.values()
        for code in re.findall(r"compresscodec: (\w+)", "".join(lines))
    }
    assert codecs == set(CODECS)
    for name, lines in old.items():
        if name.startswith("transacted-"):
            more = new[name][len(lines) :]
            assert more and "endTxnMarker: ABORT" in more[-1]
        assert new[name][: len(lines)] == lines, name
        assert name.startswith("transacted-") or len(new[name]) == len(lines)
