# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Backup and restore of a broker that runs: `python -m tests.benchmarks.backup_live [MB]`.

One broker, heap 256 MB, with records of 1 kB in six partitions; everything is compared in one run
with the same data. `logical` is what tools do that know no files: consume everything and produce
it again, by librdkafka; it is held against backups without a pace into a directory, and into an S3
store where versitygw is at hand, and, with the start of an empty broker, against a restore. A
restore is timed until the first record is acknowledged, and so is a plain copy of the broker's
files, flushed, with a broker started on it. The producer writes a thousand records a second and
waits for each acknowledgement: p99 in ms without a backup, during one of the default pace, and
during one without a limit, in turns. Prints one JSON line, with what is beyond its limit.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from dataops.backup.manifest import Manifest, manifest_key
from dataops.backup.restoration import BOOTSTRAP, Pieces, Wish, blueprint, furnish, image_of
from dataops.backup.shelf import Shelf
from dataops.host.packages import find_java
from dataops.objectstore import Target, open_store
from tests.benchmarks.backup import KEY, PARTITIONS, back_up, measured
from tests.benchmarks.stores import versitygw
from tests.integration.plain_broker import POM, PlainBroker, libraries
from tests.integration.test_restored_metadata import NEW, OLD

PACE = 40e6
TURNS = 3
# Records a second, and seconds of a look at their latency without a backup.
RATE, LOOK = 1000, 6.0
LIMITS = {"local": 8.0, "s3": 3.0, "restore": 4.0, "start": 0.7, "paced": 2.0}


def fill(broker: PlainBroker, megabytes: int) -> None:
    """Records of a kilobyte, of which zstd makes about a third."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    config = {"segment.bytes": str(64 << 20)}
    made = admin.create_topics(
        [NewTopic(name, PARTITIONS, 1, config=config) for name in ("orders", "copy", "pace")]
    )
    for future in made.values():
        future.result(60)
    producer = writer(broker)
    for number in range(megabytes * 1000):
        value = f'{{"order":{number},"token":"{os.urandom(180).hex()}"}}'.ljust(1000, "x")
        send(producer, "orders", value.encode(), number % PARTITIONS)
    assert producer.flush(120) == 0


def writer(broker: PlainBroker, **more: Any) -> Producer:
    """A fast producer that loses nothing."""
    return Producer(
        {
            "bootstrap.servers": broker.bootstrap,
            "acks": "all",
            "linger.ms": 10,
            "batch.size": 262_144,
            "queue.buffering.max.kbytes": 65_536,
            **more,
        }
    )


def send(producer: Producer, topic: str, value: bytes, partition: int) -> None:
    """Hand a record over, once there is room for it."""
    while True:
        try:
            producer.produce(topic, value, partition=partition)
        except BufferError:
            producer.poll(0.1)
            continue
        producer.poll(0)
        return


def ends(broker: PlainBroker) -> dict[str, int]:
    """The high watermark of each partition."""
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "ends"})
    try:
        return {
            f"orders-{n}": consumer.get_watermark_offsets(TopicPartition("orders", n))[1]
            for n in range(PARTITIONS)
        }
    finally:
        consumer.close()


def copied(broker: PlainBroker) -> float:
    """Seconds to consume everything and to have it all acknowledged again."""
    wanted = sum(ends(broker).values())
    began = time.monotonic()
    consumer = Consumer(
        {
            "bootstrap.servers": broker.bootstrap,
            "group.id": "copy",
            "auto.offset.reset": "earliest",
            "fetch.message.max.bytes": 4 << 20,
            "queued.max.messages.kbytes": 65_536,
        }
    )
    consumer.assign([TopicPartition("orders", n, 0) for n in range(PARTITIONS)])
    producer, seen = writer(broker), 0
    while seen < wanted:
        for message in consumer.consume(5000, 1):
            assert message.error() is None
            send(producer, "copy", message.value() or b"", message.partition() or 0)
            seen += 1
    assert producer.flush(120) == 0
    consumer.close()
    return time.monotonic() - began


def taken(broker: PlainBroker, target: Target, name: str, pace: float | None = None) -> float:
    """Seconds of a first backup, in a process of its own."""
    shutil.rmtree(broker.directory / f"state-{name}", ignore_errors=True)
    store = open_store(target)
    store.delete([one.key for one in store.list(name)])
    identity = (broker.data / "orders-0" / "partition.metadata").read_text()
    topic_id = identity.rpartition("topic_id: ")[2].strip()
    arguments = (broker.data, target, name, ends(broker), True, pace is not None, topic_id, pace)
    return measured(back_up, *arguments)["seconds"]


def acknowledged(broker: PlainBroker, begin: Callable[[], object]) -> float:
    """Seconds until one record is acknowledged that is written from the beginning on."""
    began = time.monotonic()
    begin()
    producer = Producer({"bootstrap.servers": broker.bootstrap, "log_level": 2})
    producer.produce("orders", b"first", partition=0)
    assert producer.flush(120) == 0
    return time.monotonic() - began


def started(place: Path) -> float:
    """Seconds of the start of a broker that holds nothing: a logical restore begins with it."""
    broker = PlainBroker(place / "empty", "127.0.78.6", NEW)

    def begin() -> None:
        broker.format()
        broker.start()

    try:
        return acknowledged(broker, begin)
    finally:
        broker.end(kill=True)
        shutil.rmtree(broker.directory)


def copied_back(old: PlainBroker, place: Path) -> float:
    """Seconds of a plain copy of all files, flushed, and of the start of a broker on it."""
    broker = PlainBroker(place / "plain", old.address, OLD)

    def begin() -> None:
        subprocess.run(["cp", "-a", str(old.data), str(broker.data)], check=True)
        subprocess.run(["sync", "-f", str(broker.data)], check=True)
        broker.start()

    try:
        return acknowledged(broker, begin)
    finally:
        broker.end(kill=True)
        shutil.rmtree(broker.directory)


def restored(target: Target, cluster: str, place: Path, parts: dict[str, float]) -> float:
    """The same of a restore into a new cluster, every batch checked; and when what was over."""
    # The charm's own: it formats the storage while data is placed.
    sys.path.append(str(POM.parent / "src"))
    import formatting  # pyright: ignore[reportMissingImports]
    from programs import Programs  # pyright: ignore[reportMissingImports]

    broker = PlainBroker(place / "restored", "127.0.78.5", NEW)
    programs = Programs(find_java(), libraries(), broker.directory, broker.directory)
    staging = broker.directory / "staging"
    logs = staging / "logs"

    def begin() -> None:
        began = time.monotonic()
        shelf = Shelf(open_store(target), cluster)
        manifest = shelf.need(Manifest, manifest_key(shelf.backups()[-1]))
        pieces, wish = Pieces(shelf, KEY), Wish()
        plan = blueprint(manifest, image_of(manifest, pieces), {0}, wish)
        with formatting.beside(
            programs, NEW, standalone=True, place=staging / "formatted", logs=logs
        ):
            furnish(plan, 0, pieces, staging, wish)
            parts["placed"] = round(time.monotonic() - began, 2)
        parts["formatted"] = round(time.monotonic() - began, 2)
        logs.rename(broker.data)
        (broker.data / BOOTSTRAP).replace(broker.data / "bootstrap.checkpoint")
        broker.start()
        parts["listens"] = round(time.monotonic() - began, 2)

    try:
        return acknowledged(broker, begin)
    finally:
        broker.end(kill=True)
        shutil.rmtree(broker.directory)


def p99(broker: PlainBroker, beside: Callable[[], object]) -> float:
    """Of a steady producer's acknowledgements, in ms, while something runs beside it."""
    taken: list[float] = []
    work = threading.Thread(target=beside)
    producer = writer(broker, **{"linger.ms": 0})
    payload = os.urandom(1000)

    def write(until: Callable[[], bool]) -> None:
        began, number = time.monotonic(), 0
        while not until():
            now = time.monotonic()
            while number < (now - began) * RATE:
                sent = time.monotonic()
                producer.produce(
                    "pace", payload, partition=number % PARTITIONS,
                    on_delivery=lambda error, message, sent=sent: taken.append(
                        time.monotonic() - sent
                    ),
                )  # fmt: skip
                number += 1
            producer.poll(0.0005)
        assert producer.flush(60) == 0

    warm = time.monotonic() + 2
    write(lambda: time.monotonic() > warm)
    taken.clear()
    work.start()
    write(lambda: not work.is_alive())
    return statistics.quantiles(taken, n=100)[98] * 1000


def main(megabytes: int) -> int:
    """All of it."""
    place = Path(tempfile.mkdtemp(prefix="live-", dir=os.environ.get("BENCH_DIRECTORY")))
    broker = PlainBroker(place / "broker", "127.0.78.3", OLD)
    found: dict[str, Any] = {"megabytes": megabytes, "load": round(os.getloadavg()[0], 1)}
    try:
        broker.format()
        broker.start()
        fill(broker, megabytes)
        (place / "local").mkdir()
        local = Target(kind="local", directory=str(place / "local"))
        logical = found["logical_s"] = round(copied(broker), 2)
        found["local_s"] = round(min(taken(broker, local, "local") for _ in range(2)), 2)
        found["local"] = round(logical / found["local_s"], 1)
        with versitygw(place / "s3") as store:
            if store:
                found["s3_s"] = round(min(taken(broker, store.target, "s3") for _ in range(2)), 2)
                found["s3"] = round(logical / found["s3_s"], 1)
        found["p99_ms"] = latencies(broker, local)
        found["paced"] = round(found["p99_ms"]["paced"] / found["p99_ms"]["without"], 2)
        broker.end()
        for path in (*broker.data.glob("copy-*"), *broker.data.glob("pace-*")):
            shutil.rmtree(path)
        copies = [copied_back(broker, place) for _ in range(2)]
        parts: list[dict[str, float]] = [{}, {}]
        restores = [restored(local, "local", place, each) for each in parts]
        found["restore_parts_s"] = parts
        found["copied_back_s"] = [round(one, 2) for one in copies]
        found["restored_s"] = [round(one, 2) for one in restores]
        found["start"] = round(min(copies) / min(restores), 2)
        found["empty_s"] = round(min(started(place) for _ in range(2)), 2)
        found["restore"] = round((found["empty_s"] + logical) / min(restores), 1)
    finally:
        broker.end(kill=True)
        shutil.rmtree(place, ignore_errors=True)
    found["beyond"] = [
        name
        for name, limit in LIMITS.items()
        if name in found and (found[name] > limit if name == "paced" else found[name] < limit)
    ]
    print(json.dumps(found))
    return 1 if found["beyond"] else 0


def latencies(broker: PlainBroker, local: Target) -> dict[str, float]:
    """Medians of several turns."""
    ways: dict[str, Callable[[], object]] = {
        "without": lambda: time.sleep(LOOK),
        "paced": lambda: taken(broker, local, "paced", PACE),
        "unpaced": lambda: taken(broker, local, "unpaced"),
    }
    seen: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(TURNS):
        for name in list(ways) if turn % 2 == 0 else reversed(list(ways)):
            seen[name].append(p99(broker, ways[name]))
    return {name: round(statistics.median(several), 2) for name, several in seen.items()}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600))
