# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is counted in one phase, in bounded memory."""

import bisect
import collections
import dataclasses
import itertools
import math
from collections.abc import Mapping
from typing import Any

# Neighbouring buckets of latencies differ by 2 %: under two thousand of them from 1 us to a day.
_STEP = math.log(1.02)
_SMALLEST_MS = 0.001


@dataclasses.dataclass
class Tally:
    """The sums of one phase; ``latencies`` counts acknowledgements by bucket."""

    seconds: float = 0.0
    sent: int = 0
    acknowledged: int = 0
    failed: int = 0
    read: int = 0
    duplicated: int = 0
    reordered: int = 0
    reread: int = 0
    gap_ms: float = 0.0
    read_gap_ms: float = 0.0
    own_delay_ms: float = 0.0
    reasons: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter[str])
    latencies: collections.Counter[int] = dataclasses.field(
        default_factory=collections.Counter[int]
    )

    def took(self, milliseconds: float) -> None:
        """Count one acknowledgement that took so long."""
        self.latencies[math.floor(math.log(max(milliseconds, _SMALLEST_MS)) / _STEP)] += 1

    def dump(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        return {**vars(self), "reasons": dict(self.reasons), "latencies": dict(self.latencies)}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "Tally":
        """What ``dump`` gave, also after JSON has made its keys text."""
        tally = cls()
        vars(tally).update(dumped)
        tally.reasons = collections.Counter(dumped["reasons"])
        tally.latencies = collections.Counter(
            {int(bucket): count for bucket, count in dumped["latencies"].items()}
        )
        return tally


def percentiles(latencies: Mapping[int, int], *shares: float) -> tuple[float | None, ...]:
    """For each share of the acknowledgements, the time in ms that it stayed within.

    Args:
        latencies: how many were counted by bucket; without any, each time is None.
        shares: from 0 to 1.
    """
    buckets = sorted(latencies)
    sums = list(itertools.accumulate(latencies[bucket] for bucket in buckets))
    if not sums:
        return (None,) * len(shares)
    found = (buckets[bisect.bisect_left(sums, math.ceil(sums[-1] * share))] for share in shares)
    return tuple(round(math.exp((bucket + 0.5) * _STEP), 3) for bucket in found)
