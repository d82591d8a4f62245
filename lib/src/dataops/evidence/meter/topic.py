# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The canary's topic: a partition led by every broker, made as any customer may make one.

A topic for each set of brokers: with a new broker comes another topic, because a customer may
not add partitions. What lies in an old one is gone within minutes.
"""

import dataclasses
import hashlib
from collections.abc import Iterable
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._metadata import TopicMetadata
from confluent_kafka.cimpl import NewTopic

_SECONDS = 10.0
_COPIES = 3
_RETENTION = {"retention.ms": "600000", "segment.ms": "300000", "segment.index.bytes": "1048576"}


class NotReadyError(Exception):
    """The topic cannot be used yet; the message says why."""


@dataclasses.dataclass(frozen=True)
class Topic:
    """The topic of a measurement.

    Attributes:
        uncovered: brokers that lead no partition of it.
    """

    name: str
    partitions: int
    uncovered: tuple[int, ...] = ()


def ensure(admin: AdminClient, prefix: str) -> Topic:
    """The topic for the present brokers, made when it is not there.

    Raises:
        NotReadyError: it was just made, or a partition has no leader: ask again.
        KafkaException: no broker answers, or they refuse.
    """
    metadata = admin.list_topics(timeout=_SECONDS)
    brokers = sorted(metadata.brokers)
    if not brokers:
        raise NotReadyError("no broker is there")
    name = _name(prefix, brokers)
    found = metadata.topics.get(name)
    if found is None or found.error is not None:
        _create(admin, name, brokers)
        raise NotReadyError(f"topic {name} has just been made")
    return _inspect(found, name, brokers)


def _name(prefix: str, brokers: Iterable[int]) -> str:
    """The same for the same brokers, and never too long."""
    ids = ",".join(map(str, brokers))
    return f"{prefix}{hashlib.sha256(ids.encode()).hexdigest()[:8]}"


def _create(admin: AdminClient, name: str, brokers: list[int]) -> None:
    copies = min(_COPIES, len(brokers))
    assignment = [
        [brokers[(first + at) % len(brokers)] for at in range(copies)]
        for first in range(len(brokers))
    ]
    topic = NewTopic(
        name,
        num_partitions=len(brokers),
        replica_assignment=assignment,
        config=_RETENTION,
    )
    answers: dict[str, Any] = admin.create_topics([topic])  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    try:
        answers[name].result(_SECONDS)
    except KafkaException as error:
        # Another unit was first.
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise


def _inspect(found: TopicMetadata, name: str, brokers: list[int]) -> Topic:
    leaders = {number: part.leader for number, part in found.partitions.items()}
    headless = sorted(number for number, leader in leaders.items() if leader not in brokers)
    if headless or not leaders:
        which = ", ".join(map(str, headless)) or "of any kind"
        raise NotReadyError(f"partition {which} of {name} has no leader")
    uncovered = tuple(sorted(set(brokers) - set(leaders.values())))
    return Topic(name, len(leaders), uncovered)
