# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What clients see of a cluster: its records, its estate, and whether it takes new ones."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

from dataops.backup.content import Digest
from dataops.backup.records import Record
from facts import ClusterError

Place = tuple[str, int]
_PATIENCE = 60.0
_POLL = 1.0


def settings(servers: Iterable[str], etc: Path) -> dict[str, Any]:
    """How a client with a broker's certificate reaches its internal listeners."""
    return {
        "bootstrap.servers": ",".join(servers),
        "security.protocol": "SSL",
        "ssl.ca.location": str(etc / "truststore.pem"),
        "ssl.certificate.location": str(etc / "keystore.pem"),
        "ssl.key.location": str(etc / "keystore.pem"),
        # It speaks up only when something is lost.
        "log_level": 2,
    }


class GoneError(ClusterError):
    """The topic was deleted meanwhile."""


@contextlib.contextmanager
def reading(where: Mapping[str, Any], group: str = "drill") -> Generator[Consumer]:
    """A consumer that commits nothing."""
    consumer = Consumer(
        {
            **where,
            "group.id": group,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_uncommitted",
        }
    )
    try:
        yield consumer
    finally:
        consumer.close()


def produce(where: Mapping[str, Any], place: Place) -> None:
    """Return once a record was acknowledged.

    Raises:
        ClusterError: it was not.
    """
    # One copy is all that there is, and topics may ask for more of them to be in sync.
    producer = Producer({**where, "acks": 1})
    failed: list[str] = []

    def answered(error: Any, message: Any) -> None:
        if error is not None:
            failed.append(str(error))

    producer.produce(place[0], b"drill", b"drill", partition=place[1], on_delivery=answered)
    left = producer.flush(_PATIENCE)
    if failed or left:
        raise ClusterError(f"No record was acknowledged: {failed[0] if failed else 'no answer'}")


def first(consumer: Consumer, place: Place, offset: int | None) -> Any | None:
    """The first record at or after an offset; None when there is none.

    Args:
        consumer: of any group.
        place: topic and partition.
        offset: where to begin; None: where the consumer's group goes on.

    Raises:
        GoneError: the topic was deleted meanwhile.
        ClusterError: the cluster does not answer.
    """
    at = [TopicPartition(*place)] if offset is None else [TopicPartition(*place, offset)]
    consumer.assign(at)
    return _next(consumer, place)


def hashes(consumer: Consumer, place: Place, start: int, end: int) -> dict[int, str]:
    """By offset, a hash of every record: offset, timestamp, key, value and headers.

    Raises:
        GoneError: the topic was deleted meanwhile.
        ClusterError: the cluster does not answer.
    """
    found: dict[int, str] = {}
    consumer.assign([TopicPartition(*place, start)])
    # A message without a value counts as false.
    while (message := _next(consumer, place)) is not None and message.offset() < end:
        found[message.offset()] = _hash(message)
    return found


def digest(consumer: Consumer, place: Place, start: int, end: int) -> Digest:
    """The hash of the records between two offsets, as a backup's manifest has it.

    Raises:
        ClusterError: the cluster does not answer.
    """
    made = Digest()
    consumer.assign([TopicPartition(*place, start)])
    while (message := _next(consumer, place)) is not None and message.offset() < end:
        _, stamp = message.timestamp()
        headers = tuple((name.encode(), value) for name, value in message.headers() or ())
        made.add(Record(message.offset(), stamp, message.key(), message.value(), headers))
    return made


def _next(consumer: Consumer, place: Place) -> Any | None:
    """The next record; None at the end of the log. What passes by itself is waited for."""
    deadline, why = time.monotonic() + _PATIENCE, "it is silent"
    while time.monotonic() < deadline:
        message = consumer.poll(_POLL)
        if message is None and place[0] not in consumer.list_topics(timeout=_PATIENCE).topics:
            raise GoneError(f"The topic {place[0]} was deleted meanwhile")
        error = message.error() if message is not None else None
        if message is not None and error is None:
            return message
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            return None
        why = error.str() if error is not None else why
    raise ClusterError(f"{place[0]}-{place[1]} gives no record within {_PATIENCE:g} s: {why}")


def _hash(message: Any) -> str:
    parts = (
        message.offset(), message.timestamp(), message.key(), message.value(), message.headers()
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()
