# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The Kafka client of the meter: librdkafka, which most customers use who are not in Java."""

import dataclasses
import struct
from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, Message, Producer
from confluent_kafka.admin import AdminClient

from dataops.evidence.meter.orders import Login

# What a broker has for a consumer it tells five times a second: to be woken for each record costs
# more than all that is done with it. Gaps in reading are known no better than that.
_FETCH_BYTES, _FETCH_MS = 10_000, 200
# Run, lane and number of a record.
_RECORD = struct.Struct(">QIQ")
_DELIVERY_MS = 30_000


@dataclasses.dataclass(frozen=True)
class Library:
    """What the meter needs of a client library; tests bring another."""

    producer: Callable[[dict[str, Any]], Producer] = Producer
    consumer: Callable[[dict[str, Any]], Consumer] = Consumer
    admin: Callable[[dict[str, Any]], AdminClient] = AdminClient


def pack(run: int, lane: int, number: int) -> bytes:
    """The value of a record."""
    return _RECORD.pack(run, lane, number)


def unpack(message: Message, run: int) -> tuple[int, int] | None:
    """Lane and number of a record of this run; None when it is another's."""
    value = message.value()
    if value is None or len(value) != _RECORD.size:
        return None
    found, lane, number = _RECORD.unpack(value)
    return (lane, number) if found == run else None


def settings(login: Login) -> dict[str, Any]:
    """What every client of the meter is told; whatever is not here is as customers have it."""
    chosen = {
        "bootstrap.servers": login.endpoints,
        "client.id": "day2-canary",
        "security.protocol": "SASL_SSL" if login.tls else "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": login.username,
        "sasl.password": login.password,
        "allow.auto.create.topics": False,
        # Lost connections are what is measured; the log would be nothing else.
        "log_level": 2,
    }
    return chosen | ({"ssl.ca.pem": login.ca} if login.tls and login.ca else {})


def producing(login: Login) -> dict[str, Any]:
    """An idempotent producer that sends at once and gives up within an operation's patience."""
    return {
        **settings(login),
        "enable.idempotence": True,
        # Once, before this was set, one record of 1,566 lay in the topic twice. Why is not known.
        # librdkafka's open issue 4953 tells of such duplicates at a change of leaders, with five
        # requests under way; whether one at a time keeps them away is not known either.
        "max.in.flight.requests.per.connection": 1,
        "linger.ms": 0,
        "delivery.timeout.ms": _DELIVERY_MS,
    }


def consuming(login: Login) -> dict[str, Any]:
    """A consumer that is told where to read, and commits as customers do."""
    return {
        **settings(login),
        "group.id": login.group,
        "enable.auto.commit": True,
        "fetch.min.bytes": _FETCH_BYTES,
        "fetch.wait.max.ms": _FETCH_MS,
        # Neither jump over records nor read them twice without being told.
        "auto.offset.reset": "error",
    }
