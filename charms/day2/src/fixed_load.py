# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the fixed load of a performance report on a cluster, through the field's client library.

Importing the library takes time: only the job of the report does so.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import hashlib
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from confluent_kafka import (
    OFFSET_END,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from dataops.interfaces.kafka_client import Access
from dataops.interfaces.operations import utc_now
from dataops.operations import OperationError
from report.performance.load import BrokerLoad, Load, LoadSpec, percentile, rounded

_ANSWER_S = 20.0
# One part of a round at most: a cluster that takes this long is measured, and not for ever.
_PART_S = 60.0
# So much work that neighbours get in between, and so little that nobody waits for it.
_PACE_BLOCK, _PACE_BLOCKS = bytes(1 << 20), 64
_STAMP = struct.Struct("!q")
# The library waits whole milliseconds: asked for less, it returns at once.
_TICK_S = 0.001


def settings(access: Access) -> dict[str, Any]:
    """The client library's configuration for an access."""
    found: dict[str, Any] = {
        "bootstrap.servers": access.endpoints,
        "security.protocol": "SASL_SSL" if access.tls else "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": access.username,
        "sasl.password": access.password,
        "client.id": "day2-performance",
    }
    return found | ({"ssl.ca.pem": access.tls_ca} if access.tls_ca else {})


class OwnTopic:
    """The load's topic: made before it, with a partition led by every broker, and deleted after.

    Use as a context manager.

    Args:
        admin: settings of a client that may create and delete it.
        name: the topic's.
    """

    def __init__(self, admin: Mapping[str, Any], name: str) -> None:
        # The library leaves the type of what its futures hold open.
        self._client = cast(Any, AdminClient(dict(admin)))
        self._name = name

    def __enter__(self) -> OwnTopic:
        """Made anew: what an earlier load left behind when it was killed goes first."""
        self._delete()
        metadata = self._client.list_topics(timeout=_ANSWER_S)
        brokers = len(metadata.brokers)
        topic = NewTopic(self._name, brokers, min(3, brokers))
        deadline = time.monotonic() + _ANSWER_S
        while True:
            try:
                self._client.create_topics([topic])[self._name].result(timeout=_ANSWER_S)
                break
            except KafkaException as error:
                # The deletion of its predecessor may take a moment to reach every broker.
                if not _exists(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        return self

    def __exit__(self, *error: object) -> None:
        self._delete()

    def _delete(self) -> None:
        """Gone, or it was not there."""
        try:
            self._client.delete_topics([self._name])[self._name].result(timeout=_ANSWER_S)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise


@dataclasses.dataclass
class _Round:
    """What one round gave: rates in bytes a second, times in ms, acknowledgements by leader."""

    write: float
    read: float
    acknowledged: dict[int, list[float]]
    end_to_end: list[float]
    pace: float

    def values(self) -> Iterator[tuple[str, float]]:
        """By name of the figure."""
        acknowledged = [ms for each in self.acknowledged.values() for ms in each]
        yield "write", rounded(self.write)
        yield "read", rounded(self.read)
        for name, times in (("ack", acknowledged), ("end-to-end", self.end_to_end)):
            yield f"{name}-p50", rounded(percentile(times, 0.50))
            yield f"{name}-p99", rounded(percentile(times, 0.99))


class FixedLoad:
    """Runs the load. The clients stay connected over all rounds.

    Args:
        client: settings of an ordinary client of the topic.
        group: name of a consumer group that the client may name; nothing is committed in it.
        spec: the load.
        go_on: called between the parts of a round; raises when the work was asked to end.
    """

    def __init__(
        self,
        client: Mapping[str, Any],
        group: str,
        spec: LoadSpec,
        go_on: Callable[[], None] = lambda: None,
    ) -> None:
        self._spec = spec
        self._go_on = go_on
        careful = {**client, "acks": spec.acks, "enable.idempotence": True}
        self._bursts = Producer({**careful, "linger.ms": spec.linger_ms})
        self._steady = Producer({**careful, "linger.ms": 0})
        self._consumer = Consumer(
            {**client, "group.id": group, "enable.auto.commit": False, "fetch.wait.max.ms": 50}
        )
        self._failed: list[KafkaError] = []
        # Incompressible and the same in every report.
        self._payload = os.urandom(spec.record_bytes - _STAMP.size)

    def run(self, rounds: int, tell: Callable[[str, float], None]) -> Load:
        """What so many rounds measured, after one in which everything warms up.

        Raises:
            OperationError: the cluster does not take the load; the message says why.
        """
        began, done = utc_now(), list[_Round]()
        try:
            leaders = self._leaders()
            for number in range(rounds + 1):
                tell(f"Load: round {number} of {rounds}" if number else "Load: warming up",
                     number / (rounds + 1))  # fmt: skip
                done.append(self._round(leaders))
        except KafkaException as error:
            raise OperationError(f"The load could not be run: {error.args[0].str()}") from error
        finally:
            self._consumer.close()
        if self._failed and len(self._failed) > self._spec.burst_records // 2:
            raise OperationError(f"The load was not acknowledged: {self._failed[0].str()}")
        return self._load(done[1:], began, utc_now())

    def _round(self, leaders: dict[int, int]) -> _Round:
        """One burst, read back; then the steady part."""
        starts = self._ends(leaders)
        write = self._burst(len(leaders))
        self._go_on()
        read = self._read_back(starts)
        self._go_on()
        acknowledged, end_to_end = self._paced(leaders)
        self._go_on()
        return _Round(write, read, acknowledged, end_to_end, _pace())

    def _leaders(self) -> dict[int, int]:
        """The leading broker of each partition, once every partition has one."""
        deadline = time.monotonic() + _ANSWER_S
        while True:
            found = self._steady.list_topics(self._spec.topic, timeout=_ANSWER_S)
            topic = found.topics[self._spec.topic]
            leaders = {p: each.leader for p, each in topic.partitions.items()}
            if leaders and not topic.error and all(leader >= 0 for leader in leaders.values()):
                return leaders
            if time.monotonic() > deadline:
                raise OperationError(
                    f"The topic {self._spec.topic} got no leaders within {_ANSWER_S:.0f} s. "
                    "See juju run kafka/leader health-check."
                )
            time.sleep(0.2)

    def _ends(self, leaders: dict[int, int]) -> dict[int, int]:
        """The offset after the last record of each partition."""
        return {
            partition: self._consumer.get_watermark_offsets(
                TopicPartition(self._spec.topic, partition), timeout=_ANSWER_S
            )[1]
            for partition in leaders
        }

    def _burst(self, partitions: int) -> float:
        """Bytes a second, from the first record sent to the last acknowledged."""
        left = [self._spec.burst_records]
        last = [0.0]

        def acknowledged(error: KafkaError | None, _: Message) -> None:
            left[0] -= 1
            last[0] = time.monotonic()
            if error is not None:
                self._failed.append(error)

        record = _STAMP.pack(0) + self._payload
        began = time.monotonic()
        for index in range(self._spec.burst_records):
            self._send(self._bursts, record, index % partitions, acknowledged)
        self._bursts.flush(_PART_S)
        if left[0]:
            raise OperationError(
                f"{left[0]:,} of {self._spec.burst_records:,} records of the load were not "
                f"acknowledged within {_PART_S:.0f} s. See juju run kafka/leader health-check."
            )
        return self._spec.burst_records * self._spec.record_bytes / (last[0] - began)

    def _read_back(self, starts: dict[int, int]) -> float:
        """Bytes a second, for what the burst wrote."""
        places = [TopicPartition(self._spec.topic, *each) for each in starts.items()]
        began = time.monotonic()
        self._consumer.assign(places)
        wanted = self._spec.burst_records - len(self._failed)
        read = size = 0
        while read < wanted and time.monotonic() < began + _PART_S:
            for message in self._consumer.consume(1000, timeout=1.0):
                if message.error() is None:
                    read += 1
                    size += len(message)
        return size / (time.monotonic() - began)

    def _paced(self, leaders: dict[int, int]) -> tuple[dict[int, list[float]], list[float]]:
        """Acknowledgement times by leader, and times from sending to reading, in ms."""
        times: dict[int, list[float]] = collections.defaultdict(list)

        def acknowledged(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self._failed.append(error)
            else:
                times[leaders[message.partition() or 0]].append(1000 * (message.latency() or 0.0))

        with _Reader(self._consumer, self._spec.topic, list(leaders)) as reader:
            count = int(self._spec.steady_rate * self._spec.steady_seconds)
            began = time.monotonic()
            for index in range(count):
                self._listen(began + index / self._spec.steady_rate)
                record = _STAMP.pack(time.monotonic_ns()) + self._payload
                self._send(self._steady, record, index % len(leaders), acknowledged)
            self._steady.flush(_PART_S)
            reader.wait(sum(len(each) for each in times.values()))
        return dict(times), reader.times

    def _listen(self, until: float) -> None:
        """Hear what was acknowledged until it is that late, and sleep when there is nothing."""
        while (left := until - time.monotonic()) >= _TICK_S:
            self._steady.poll(left)
        if left > 0:
            time.sleep(left)

    def _send(
        self,
        producer: Producer,
        record: bytes,
        partition: int,
        acknowledged: Callable[[KafkaError | None, Message], None],
    ) -> None:
        """Hand a record to the library, waiting while its queue is full."""
        while True:
            try:
                producer.produce(
                    self._spec.topic, record, partition=partition, on_delivery=acknowledged
                )
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)

    def _load(
        self, rounds: list[_Round], began: datetime.datetime, ended: datetime.datetime
    ) -> Load:
        """The rounds, turned into one series for each figure."""
        values: dict[str, list[float]] = collections.defaultdict(list)
        brokers: dict[int, list[float]] = collections.defaultdict(list)
        for each in rounds:
            for name, value in each.values():
                values[name].append(value)
            for broker, times in each.acknowledged.items():
                brokers[broker] += times
        return Load(
            spec=self._spec,
            began=began,
            ended=ended,
            rounds={name: tuple(found) for name, found in values.items()},
            brokers=tuple(
                BrokerLoad(
                    broker=broker,
                    records=len(times),
                    p50=rounded(percentile(times, 0.50)),
                    p99=rounded(percentile(times, 0.99)),
                )
                for broker, times in sorted(brokers.items())
            ),
            failed=len(self._failed),
            pace=tuple(rounded(each.pace) for each in rounds),
        )


class _Reader:
    """Reads the steady part as it is written, in a thread of its own. Use as a context manager."""

    def __init__(self, consumer: Consumer, topic: str, partitions: list[int]) -> None:
        self._consumer = consumer
        self._places = [TopicPartition(topic, partition, OFFSET_END) for partition in partitions]
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._ending = threading.Event()
        self.times: list[float] = []

    def __enter__(self) -> _Reader:
        # An exact place, not "the end": by the time the library asks, the end may have moved on.
        for place in self._places:
            _, place.offset = self._consumer.get_watermark_offsets(place, timeout=_ANSWER_S)
        self._consumer.assign(self._places)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ending.set()
        self._thread.join()

    def wait(self, count: int) -> None:
        """Until so many were read, or no more comes."""
        deadline = time.monotonic() + _ANSWER_S
        while len(self.times) < count and time.monotonic() < deadline:
            time.sleep(0.01)

    def _read(self) -> None:
        while not self._ending.is_set():
            message = self._consumer.poll(0.1)
            if message is None or message.error() is not None:
                continue
            (sent,) = _STAMP.unpack((message.value() or b"")[: _STAMP.size])
            self.times.append((time.monotonic_ns() - sent) / 1e6)


def _pace() -> float:
    """How many ms a fixed computation takes just now: what neighbours leave of this machine."""
    began = time.monotonic()
    digest = hashlib.sha256()
    for _ in range(_PACE_BLOCKS):
        digest.update(_PACE_BLOCK)
    return 1000 * (time.monotonic() - began)


def _exists(error: KafkaException) -> bool:
    """Whether this error says that the topic is already there."""
    return error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS
