# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Advice from what the fixed load measured. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from report.performance.advice import Advice, Rule
from report.performance.facts import ReportFacts
from report.units import count, quantity

_TIMES = 2.0
# Below this nobody waits for a broker, however much longer than the others it takes.
_WORTH_MS = 5.0


def _one_slow_broker(facts: ReportFacts) -> Iterator[Advice]:
    """A broker that acknowledges much later than the others do, under the same load."""
    brokers = facts.load.brokers if facts.load else ()
    if len(brokers) < 2:
        return
    worst = max(brokers, key=lambda each: each.p99)
    others = statistics.median(each.p99 for each in brokers if each is not worst)
    if worst.p99 > max(_TIMES * others, _WORTH_MS):
        yield Advice(
            finding=f"Broker {worst.broker} acknowledges later than the others",
            evidence=f"{quantity(worst.p99, 'ms')} against {quantity(others, 'ms')} "
            "(p99 under the fixed load, of the partitions that it leads)",
            setting="another machine or disk for it: juju add-unit kafka, then "
            f"juju remove-unit its unit (broker {worst.broker})",
            why="All brokers had the same load, so its disk, its neighbours or its network take "
            "the time. Removing a unit moves its partitions away first.",
        )


def _slower_than_before(facts: ReportFacts) -> Iterator[Advice]:
    """Figures that became worse than in an earlier report, beyond the noise."""
    comparison = facts.comparison
    worse = [v for v in comparison.changed if v.finding == "worse"] if comparison else []
    if comparison and worse:
        yield Advice(
            finding=f"Slower than in report #{comparison.earlier.operation}",
            evidence="; ".join(f"{v.title.lower()} {v.figures}" for v in worse),
            setting="what changed in between: juju run day2/leader list-operations",
            why=f"The load is the same, and {count(len(worse), 'figure')} left the band of noise. "
            "A report made again now tells whether it stays so.",
        )


LOAD_RULES: tuple[Rule, ...] = (_one_slow_broker, _slower_than_before)
