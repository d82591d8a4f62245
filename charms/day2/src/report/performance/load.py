# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The fixed load of a performance report: what it is, and what its rounds measured. Pure."""

from __future__ import annotations

import datetime
import hashlib
import statistics
from typing import Any, Literal

import pydantic

from report.canonical import canonical

FEWEST_ROUNDS = 5


class _Part(pydantic.BaseModel):
    """Base of the parts: frozen, and deaf to what a newer version adds."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")


class LoadSpec(_Part):
    """What one round does. Reports compare only when all of this is equal.

    Attributes:
        topic: its own, made before and deleted after.
        record_bytes: size of each record, incompressible.
        burst_records: written as fast as the cluster takes them, then read back.
        steady_rate: records a second of the quiet part, in which latencies are measured.
        steady_seconds: how long that part lasts.
        acks, linger_ms: of the producer.
    """

    topic: str = "day2-performance"
    record_bytes: int = 1000
    burst_records: int = 20_000
    steady_rate: int = 500
    steady_seconds: float = 3.0
    acks: Literal["all"] = "all"
    linger_ms: int = 5

    @property
    def id(self) -> str:
        """A short name of exactly this load."""
        text = canonical(self.model_dump(mode="json"))
        return hashlib.sha256(text).hexdigest()[:12]

    def __str__(self) -> str:
        """In a sentence."""
        return (
            f"{self.burst_records:,} records of {self.record_bytes:,} bytes as fast as the "
            f"cluster takes them (acks={self.acks}), read back, then {self.steady_rate:,} records "
            f"a second for {self.steady_seconds:g} s, in which the latencies are measured"
        )


class Kind(_Part):
    """A figure that every round gives."""

    name: str
    title: str
    unit: str
    better: Literal["higher", "lower"]


KINDS = (
    Kind(name="write", title="Write throughput", unit="B/s", better="higher"),
    Kind(name="read", title="Read throughput", unit="B/s", better="higher"),
    Kind(name="ack-p50", title="Acknowledged, p50", unit="ms", better="lower"),
    Kind(name="ack-p99", title="Acknowledged, p99", unit="ms", better="lower"),
    Kind(name="end-to-end-p50", title="End to end, p50", unit="ms", better="lower"),
    Kind(name="end-to-end-p99", title="End to end, p99", unit="ms", better="lower"),
)
Rounds = dict[str, tuple[float, ...]]


class BrokerLoad(_Part):
    """How one broker acknowledged the steady part, as leader of its partitions; times in ms."""

    broker: int
    records: int
    p50: float
    p99: float


class Load(_Part):
    """What was measured.

    Attributes:
        spec: the load.
        began, ended: UTC.
        rounds: by name of the figure, one value a round; the first round, in which everything
            warms up, is not among them.
        brokers: each broker's part.
        failed: records that were not acknowledged.
        pace: ms that the same computation took in each round, on the machine of the load.
    """

    spec: LoadSpec
    began: datetime.datetime
    ended: datetime.datetime
    rounds: Rounds
    brokers: tuple[BrokerLoad, ...] = ()
    failed: int = 0
    pace: tuple[float, ...] = ()

    def measured(self) -> Measured:
        """What the journal keeps of it."""
        return Measured(
            load=self.spec.id, brokers=len(self.brokers), rounds=self.rounds, pace=self.pace
        )


class Measured(_Part):
    """The figures of one report, small enough for the journal: later reports compare with them.

    Attributes:
        load: `LoadSpec.id`.
        brokers: how many took part.
        rounds, pace: as in `Load`.
        operation, at: whose they are.
    """

    load: str
    brokers: int
    rounds: Rounds
    pace: tuple[float, ...] = ()
    operation: int = 0
    at: datetime.datetime | None = None

    def middle(self, name: str) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds[name])


def rounded(value: float) -> float:
    """Four digits that count: more is noise, and every one of them is kept for ever."""
    return float(f"{value:.4g}")


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all stays within; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def measured_of(results: dict[str, Any]) -> Measured | None:
    """The figures in an earlier report's results; None when it ran no load."""
    found = results.get("measured")
    return Measured.model_validate(found) if found else None
