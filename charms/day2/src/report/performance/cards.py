# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The few figures that one wants at a glance. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from report.cards import Card
from report.performance.facts import ReportFacts
from report.performance.lines import total
from report.performance.load import KINDS
from report.performance.words import average
from report.units import count, quantity

_SHOWN = {"write", "ack-p99"}


def cards(facts: ReportFacts) -> tuple[Card, ...]:
    """The figures that were measured; one that was not has no card."""
    return (*_load(facts), *_traffic(facts), *_latency(facts), *_state(facts), *_jobs(facts))


def _load(facts: ReportFacts) -> Iterator[Card]:
    """The fixed load, against the report before."""
    if facts.load is None:
        return
    verdicts = {v.name: v for v in facts.comparison.verdicts} if facts.comparison else {}
    measured = facts.load.measured()
    for kind in KINDS:
        if kind.name in _SHOWN and measured.rounds.get(kind.name):
            verdict = verdicts.get(kind.name)
            finding = verdict.finding if verdict else "first of its kind"
            tone = {"better": "good", "worse": "bad"}.get(finding, "plain")
            yield Card.of(
                f"Load: {kind.title.lower()}", measured.middle(kind.name), kind.unit, finding, tone
            )


def _traffic(facts: ReportFacts) -> Iterator[Card]:
    """In, out and records."""
    for panel, title in (("bytes-in", "Written"), ("bytes-out", "Read")):
        if series := facts.panel(panel):
            peak = total(series).peak[1]
            yield Card.of(title, average(series), "B/s", f"peak {quantity(peak, 'B/s')}")
    if series := facts.panel("topic-records-in"):
        topics = count(len(series), "topic")
        yield Card.of("Records", average(series), "records/s", f"into {topics}")


def _latency(facts: ReportFacts) -> Iterator[Card]:
    """The slow end of the produce requests."""
    slow = [s for s in facts.panel("produce-time") if s.label("quantile") == "0.99" and s.points]
    if slow:
        peak = quantity(slow[0].peak[1], "ms")
        yield Card.of("Produce, p99", slow[0].last, "ms", f"worst {peak}")


def _state(facts: ReportFacts) -> Iterator[Card]:
    """Copies and consumers, from the admin API."""
    if facts.cluster is None:
        return
    partitions = sum(len(topic.partitions) for topic in facts.cluster.topics)
    short = sum(topic.short for topic in facts.cluster.topics)
    yield Card(
        "Copies in sync",
        f"{partitions - short:,}",
        f"of {partitions:,}",
        "partitions complete",
        "bad" if short else "good",
    )
    if facts.cluster.groups:
        lag = sum(group.lag for group in facts.cluster.groups)
        groups = count(len(facts.cluster.groups), "group")
        yield Card.of("Consumer lag", lag, "records", f"over {groups}")


def _jobs(facts: ReportFacts) -> Iterator[Card]:
    """The streaming jobs."""
    if series := facts.panel("job-rows-in"):
        jobs = count(len(series), "streaming job")
        yield Card.of("Streamed", average(series), "rows/s", f"by {jobs}")
