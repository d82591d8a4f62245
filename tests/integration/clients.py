# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A customer's writer and reader: they run through every fault, and count what they see."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)

from tools.demo.pipeline import Credentials


class Places:
    """Tells a record that lies in a topic twice from one that a consumer reads twice."""

    def __init__(self) -> None:
        self._seen: set[tuple[str | None, int | None, int | None]] = set()

    def new(self, message: Message) -> bool:
        """Whether nothing was read at this place before."""
        place = message.topic(), message.partition(), message.offset()
        if place in self._seen:
            return False
        self._seen.add(place)
        return True


@dataclass
class Writer:
    """Writes numbered records until it is left; remembers which the brokers acknowledged.

    Attributes:
        first: number of the first record; those before it are another writer's.
        rate: records a second at most.
        value: of a record, by its key.
        acknowledged: key to the number of acknowledgements.
        failed: key to the reason that it was not acknowledged.
        longest_gap: longest time between two acknowledgements, in seconds.
        latencies: from the call to each acknowledgement, in seconds.
    """

    access: Credentials
    first: int = 0
    rate: float = 200.0
    value: Callable[[str], bytes] = lambda key: b"v" + key.encode()
    acknowledged: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)
    longest_gap: float = 0.0
    latencies: list[float] = field(default_factory=list[float])
    _last: float = 0.0

    def __enter__(self) -> Writer:
        self._stop = threading.Event()
        self._producer = Producer(
            {
                **self.access.client(),
                "enable.idempotence": True,
                "delivery.timeout.ms": 120_000,
                "linger.ms": 5,
            }
        )
        self._thread = threading.Thread(target=self._write, name="writer")
        self._thread.start()
        self.progress()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
        remaining = self._producer.flush(120)
        if error is None:
            assert remaining == 0, f"{remaining} records are neither acknowledged nor failed"

    def give_up(self) -> None:
        """Write no more, and forget what was never answered."""
        self._stop.set()
        self._thread.join(timeout=30)
        self._producer.purge()

    def _write(self) -> None:
        number = self.first
        while not self._stop.is_set():
            key = f"{number:08d}"
            try:
                self._producer.produce(
                    self.access.topic, self.value(key), key, on_delivery=self._delivered
                )
                number += 1
            except BufferError:
                pass
            except KafkaException as error:
                # It may not write any more, and the library has noticed.
                self.failed[key] = str(error)
                return
            self._producer.poll(0)
            self._stop.wait(1 / self.rate)

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        key = (message.key() or b"").decode()
        if error is not None:
            self.failed[key] = str(error)
            return
        now = time.monotonic()
        self.longest_gap = max(self.longest_gap, now - (self._last or now))
        self._last = now
        self.latencies.append(message.latency() or 0.0)
        self.acknowledged[key] += 1

    def progress(self, records: int = 50, patience: float = 120) -> None:
        """Wait until the brokers acknowledge so many more records."""
        goal = len(self.acknowledged) + records
        deadline = time.monotonic() + patience
        while len(self.acknowledged) < goal:
            assert time.monotonic() < deadline, (
                f"no {records} acknowledgements in {patience:.0f} s; failed: "
                f"{list(self.failed.values())[:3]}"
            )
            time.sleep(0.05)


@dataclass
class Reader:
    """Reads on in its group, from the topic's start, until it is left; then it commits.

    Attributes:
        seen: key to how often it came, each time from another place.
        failed: what it was told of errors.
    """

    access: Credentials
    seen: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list[str])

    def __enter__(self) -> Reader:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reader")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=60)

    def _read(self) -> None:
        settings = {"auto.offset.reset": "earliest", "enable.auto.commit": False}
        consumer = Consumer(
            {**self.access.client(), "group.id": f"{self.access.group}-reader", **settings}
        )
        consumer.subscribe([self.access.topic])
        # A group that is formed anew goes on where it last committed, which is what groups do.
        places = Places()
        try:
            while not self._stop.is_set():
                for message in consumer.consume(500, 0.2):
                    if problem := message.error():
                        self.failed.append(str(problem))
                    elif places.new(message):
                        self.seen[(message.key() or b"").decode()] += 1
            if self.seen:
                consumer.commit(asynchronous=False)
        except KafkaException as error:
            self.failed.append(str(error))
        finally:
            consumer.close()


def until_the_end(
    consumer: Consumer, topic: str, start: int = OFFSET_BEGINNING, patience: float = 120
) -> Iterator[Message]:
    """Every record from an offset of each partition to its present end; who asks closes it.

    Only the end itself ends it: what else a client is told passes, or takes too long.
    The consumer has `enable.partition.eof`.
    """
    deadline, told = time.monotonic() + patience, ""
    while not (parts := consumer.list_topics(topic, timeout=60).topics[topic].partitions):
        # A topic without any would be read to its end at once.
        assert time.monotonic() < deadline, f"{topic} has no partitions"
        time.sleep(0.2)
    consumer.assign([TopicPartition(topic, index, start) for index in parts])
    left = set(parts)
    while left:
        assert time.monotonic() < deadline, f"{topic}: no end of {sorted(left)} in sight; {told}"
        message = consumer.poll(1)
        if message is None:
            continue
        if (error := message.error()) is None:
            yield message
        elif error.code() == KafkaError._PARTITION_EOF:
            left.discard(message.partition())
        else:
            told = str(error)


def records(access: Credentials, patience: float = 60) -> Iterator[Message]:
    """The records of the topic from its start to its present end."""
    consumer = Consumer({**access.client(), "group.id": access.group, "enable.auto.commit": False})
    try:
        known = consumer.list_topics(access.topic, timeout=20).topics[access.topic].partitions
        parts = [TopicPartition(access.topic, p, 0) for p in known]
        ends = {p.partition: consumer.get_watermark_offsets(p, timeout=20)[1] for p in parts}
        consumer.assign(parts)
        deadline = time.monotonic() + patience
        places = Places()
        while any(
            p.offset < ends[p.partition] for p in consumer.position(parts) if ends[p.partition]
        ):
            assert time.monotonic() < deadline, f"the end {ends} is not reached"
            for message in consumer.consume(1000, 1):
                if error := message.error():
                    raise KafkaException(error)
                if places.new(message):
                    yield message
    finally:
        consumer.close()


def read_all(access: Credentials, patience: float = 60) -> Counter[str]:
    """Every key of the topic from its start to its present end, with how often it is there.

    Of a record without a key, its value.
    """
    return Counter((one.key() or one.value() or b"").decode() for one in records(access, patience))


class Writing(Protocol):
    """Whoever wrote, in whatever language."""

    @property
    def acknowledged(self) -> Counter[str]:
        """Key to the number of acknowledgements."""
        ...

    @property
    def failed(self) -> dict[str, str]:
        """Key to the reason that it was not acknowledged."""
        ...

    longest_gap: float
    latencies: list[float]

    def __enter__(self) -> Writing: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None: ...

    def progress(self, records: int = 50, patience: float = 120) -> None:
        """Wait until the brokers acknowledge so many more records."""


def nothing_lost(writer: Writing, seen: Counter[str]) -> None:
    """Every acknowledged key is there exactly once, and no write failed."""
    lost = sorted(k for k in writer.acknowledged if k not in seen)
    repeated = sorted(k for k in writer.acknowledged if seen[k] > 1)
    assert not lost, f"{len(lost)} acknowledged records are lost, the first is {lost[0]}"
    assert not repeated, f"{len(repeated)} records are duplicated, the first is {repeated[0]}"
    assert not writer.failed, (
        f"{len(writer.failed)} writes failed: {list(writer.failed.items())[:3]}"
    )
