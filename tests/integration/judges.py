# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that know nothing of ours say what a broker holds: a client, and Kafka's own."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from tests.integration.clients import until_the_end
from tests.integration.plain_broker import PlainBroker, libraries, run

DUMP = "org.apache.kafka.tools.DumpLogSegments"


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
    try:
        found = [
            (
                message.partition(), message.offset(), message.key(), message.value(),
                message.timestamp(), message.headers(),
            )
            for message in until_the_end(consumer, topic)
        ]  # fmt: skip
    finally:
        consumer.close()
    return sorted(found, key=lambda one: one[:2])


def watermarks(broker: PlainBroker, topic: str) -> tuple[int, int]:
    consumer = Consumer({"bootstrap.servers": broker.bootstrap, "group.id": "judge"})
    try:
        return consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=60)
    finally:
        consumer.close()


def configured(broker: PlainBroker, topics: Collection[str]) -> dict[str, dict[str, str]]:
    """What is set for each topic itself."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    resources = [ConfigResource(ResourceType.TOPIC, topic) for topic in topics]
    return {
        resource.name: {
            one.name: one.value for one in answer.result(60).values() if one.source == 1
        }
        for resource, answer in admin.describe_configs(resources).items()
    }


def valid(data: Path, topic: str) -> bool:
    """Whether Kafka's own program finds every batch of a topic's logs valid, and some at all."""
    logs = ",".join(str(path) for path in sorted(data.glob(f"{topic}-*/*.log")))
    text = run(DUMP, "--deep-iteration", "--files", logs, libraries=libraries())
    return "isvalid: true" in text and "isvalid: false" not in text


def dumped(broker: PlainBroker, topics: Collection[str]) -> dict[str, list[str]]:
    """What Kafka's own program makes of each log, which it checks: a line for a batch or record.

    Each line says offsets, times, codec, checksum, producer and header keys.
    """
    logs = sorted(
        str(path)
        for path in broker.data.glob("*-*/*.log")
        if path.parent.name.rpartition("-")[0] in topics
    )
    text = run(DUMP, "--deep-iteration", "--files", ",".join(logs), libraries=libraries())
    assert "isvalid: true" in text and "isvalid: false" not in text
    assert not re.search(r"(?i)exception|mismatch|found non-consecutive", text)
    parts = re.split(r"(?m)^Dumping (.*)$", text)[1:]
    return {
        str(Path(name).relative_to(broker.data)): [line for line in part.splitlines() if line]
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    }
