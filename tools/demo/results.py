# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads what the streaming job wrote and compares it with the figures of the data set."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from tools.demo.flights import Hour
from tools.demo.pipeline import Credentials

Figures = dict[tuple[str, str], Hour]


@dataclass(frozen=True)
class Comparison:
    """How many windows agree; `records` counts repeats, which an at-least-once sink may write."""

    records: int
    expected: int
    equal: int
    different: tuple[tuple[str, str], ...]
    missing: int

    @property
    def agrees(self) -> bool:
        """Whether every window is there with the same figures, and none besides."""
        return self.equal == self.expected and not self.different and not self.missing


def compare(found: Figures, expected: Figures, records: int) -> Comparison:
    """Hold each window that was read against the same window of the data set."""
    different = sorted(k for k, v in found.items() if expected.get(k) != v)
    return Comparison(
        records=records,
        expected=len(expected),
        equal=sum(found.get(k) == v for k, v in expected.items()),
        different=tuple(different),
        missing=sum(k not in found for k in expected),
    )


def window(value: bytes) -> tuple[tuple[str, str], Hour]:
    """One record of the job: `(origin, start of the hour)` and its figures."""
    row = json.loads(value)
    figures = Hour(row["flights"], row["cancelled"], row.get("total_delay") or 0)
    return (row["origin"], row["hour"]), figures


def read(
    access: Credentials, expected: int, patience: float, report: Callable[[int], None]
) -> tuple[Figures, int, float]:
    """Read the whole topic until `expected` windows are there or nothing comes any more.

    Returns:
        The last figures of each window, the number of records read, and the time (seconds since
        the epoch) at which the broker stored the last of them.
    """
    consumer = Consumer({**access.client(), "group.id": access.group, "enable.auto.commit": False})
    found: Figures = {}
    records, stored, quiet_since = 0, 0.0, time.monotonic()
    assigned = 0
    try:
        while len(found) < expected and time.monotonic() - quiet_since < patience:
            assigned = assigned or assign_all(consumer, access.topic)
            message = consumer.poll(1) if assigned else time.sleep(1)
            if message is None:
                continue
            error = message.error()
            if error is not None:
                if error.code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(error)
                continue
            key, figures = window(message.value() or b"")
            found[key] = figures
            records, quiet_since = records + 1, time.monotonic()
            stored = max(stored, message.timestamp()[1] / 1000)
            if records % 1000 == 0:
                report(len(found))
    finally:
        consumer.close()
    return found, records, stored


def assign_all(consumer: Consumer, topic: str) -> int:
    """Read every partition from its start; 0 while the job has not made the topic yet."""
    known = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, p, 0) for p in known])
    return len(known)
