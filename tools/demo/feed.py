# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Sends the flights once, however often it is started or interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pandas as pd
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from tools.demo.flights import Event, events
from tools.demo.pipeline import Credentials

# Sent and acknowledged together, so that no partition runs far ahead of another in event time.
CHUNK = 10_000


class FeedError(Exception):
    """Records were not acknowledged; the text says how many and why."""


def partitions(access: Credentials, patience: float = 60) -> int:
    """The number of partitions of the topic, which the first look creates.

    Raises:
        FeedError: the topic has no leader after `patience` seconds.
    """
    admin = AdminClient(access.client())
    # A producer's look at a topic that it may create, creates it.
    Producer({**access.client(), "allow.auto.create.topics": True}).list_topics(access.topic)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = admin.list_topics(timeout=10).topics.get(access.topic)
        if found is not None and found.partitions and found.error is None:
            return len(found.partitions)
        time.sleep(0.5)
    raise FeedError(f"Topic {access.topic} has no partition after {patience:.0f} s")


def lengths(access: Credentials, count: int) -> list[int]:
    """The end offset of each partition."""
    consumer = Consumer({**access.client(), "group.id": access.group})
    try:
        return [
            consumer.get_watermark_offsets(TopicPartition(access.topic, p), timeout=20)[1]
            for p in range(count)
        ]
    finally:
        consumer.close()


def unsent(frame: pd.DataFrame, present: list[int]) -> Iterator[Event]:
    """The events that are not in the topic yet: an order that never changes tells which."""
    if sum(present) == len(frame) + len(present):  # with the end of stream in every partition
        return
    seen = [0] * len(present)
    for event in events(frame, len(present)):
        seen[event.partition] += 1
        if seen[event.partition] > present[event.partition]:
            yield event


def feed(
    access: Credentials, frame: pd.DataFrame, present: list[int], report: Callable[[int], None]
) -> int:
    """Send what is missing and wait for every acknowledgement; the number of records sent.

    Raises:
        FeedError: a record was not acknowledged.
    """
    producer = Producer(
        {**access.client(), "enable.idempotence": True, "linger.ms": 20, "compression.type": "lz4"}
    )
    failures: list[str] = []

    def delivered(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failures.append(str(error))

    sent = 0
    for event in unsent(frame, present):
        producer.produce(
            access.topic, event.value, event.key, event.partition, on_delivery=delivered
        )
        sent += 1
        if sent % CHUNK == 0:
            settle(producer, failures)
            report(sent)
    settle(producer, failures)
    report(sent)
    return sent


def settle(producer: Producer, failures: list[str]) -> None:
    """Wait for the acknowledgement of everything sent so far."""
    waiting = producer.flush(120)
    if failures or waiting:
        reason = failures[0] if failures else "no acknowledgement within 120 s"
        raise FeedError(f"{len(failures) + waiting} records were not acknowledged: {reason}")
