# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the figures say, in sentences. Pure; every sentence follows from a measured value."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from cluster_facts import ClusterFacts
from report.performance.facts import ReportFacts
from report.performance.lines import Line, total
from report.performance.panels import Panel
from report.units import count, quantity, span
from series import Series

_STEADY = 0.01


def clock(at: float) -> str:
    """A Unix time as the clock shows it (UTC)."""
    return f"{datetime.datetime.fromtimestamp(at, datetime.timezone.utc):%H:%M:%S}"


def average(series: Sequence[Series]) -> float:
    """The average over time of the sum of the series."""
    return total(series).mean


def reading(panel: Panel, lines: Sequence[Line]) -> str:
    """What one figure says: the highest value, whose and when, and the average."""
    highest = max(lines, key=lambda line: line.series.peak[1])
    at, value = highest.series.peak
    if value == 0:
        return "Zero throughout."
    if len(lines) == 1 and value - min(lines[0].series.values) < _STEADY * value:
        return f"Steady at {quantity(lines[0].series.mean, panel.unit)}."
    who = f" ({highest.name.partition(' (')[0]})" if len(lines) > 1 else ""
    told = f"Highest {quantity(value, panel.unit)}{who} at {clock(at)} UTC"
    if panel.total:
        everything = total([line.series for line in lines])
        of_all = " in all" if len(lines) > 1 else ""
        return f"{told}; on average {quantity(everything.mean, panel.unit)}{of_all}."
    if panel.label in {"quantile", "__name__"}:
        return f"{told}."
    lowest = min(point[1] for line in lines for point in line.series.points)
    return f"{told}; lowest {quantity(lowest, panel.unit)}."


def summary(facts: ReportFacts) -> str:
    """The report in a few sentences."""
    told = [
        _load(facts),
        _traffic(facts),
        _latency(facts),
        _replication(facts),
        _streaming(facts),
        _groups(facts.cluster),
        _alerts(facts),
    ]
    said = [sentence for sentence in told if sentence]
    return " ".join(said) or f"Nothing was measured in these {span(facts.seconds)}."


def _load(facts: ReportFacts) -> str:
    """What the fixed load found, against the report before where there is one."""
    if facts.load is None:
        return ""
    if facts.comparison is not None:
        return str(facts.comparison)
    measured = facts.load.measured()
    wrote = quantity(measured.middle("write"), "B/s")
    within = quantity(measured.middle("ack-p99"), "ms")
    return (
        f"The fixed load was written at {wrote}; at its steady rate, 99 of 100 records were "
        f"acknowledged within {within}."
    )


def _traffic(facts: ReportFacts) -> str:
    """What went in and out."""
    written, read = facts.panel("bytes-in"), facts.panel("bytes-out")
    if not written:
        return ""
    brokers = count(len(written), "broker")
    span_ = span(facts.seconds)
    if not average(written) and not average(read):
        return f"In these {span_}, nothing was written to or read from {brokers}."
    took = quantity(average(written), "B/s")
    gave = quantity(average(read), "B/s")
    return f"Over {span_}, {brokers} took in {took} and gave out {gave} on average."


def _latency(facts: ReportFacts) -> str:
    """The slow end of the produce requests."""
    slow = [s for s in facts.panel("produce-time") if s.label("quantile") == "0.99" and s.points]
    if not slow or not slow[0].peak[1]:
        return ""
    at, worst = slow[0].peak
    return (
        f"99 of 100 produce requests were answered within {quantity(slow[0].last, 'ms')} "
        f"at the end, and within {quantity(worst, 'ms')} at the worst ({clock(at)} UTC)."
    )


def _replication(facts: ReportFacts) -> str:
    """Whether every copy was there all the time."""
    troubled = facts.panel("partitions")
    if not troubled:
        short = sum(topic.short for topic in facts.cluster.topics) if facts.cluster else None
        return {None: "", 0: "Every partition has all its copies now."}.get(
            short, f"{count(short or 0, 'partition')} lack a copy now."
        )
    worst = max(series.peak[1] for series in troubled)
    if worst == 0:
        return "Every partition had all its copies throughout."
    return f"At the worst, {count(round(worst), 'partition')} lacked a copy."


def _streaming(facts: ReportFacts) -> str:
    """What the streaming jobs did."""
    rows, lag = facts.panel("job-rows-in"), facts.panel("job-lag")
    if not rows:
        return ""
    behind = sum(series.last for series in lag)
    tail = f", with {quantity(behind, 'records')} still to read" if behind else ", up to date"
    read = quantity(average(rows), "rows/s")
    return f"{count(len(rows), 'streaming job')} read {read} on average{tail if lag else ''}."


def _groups(cluster: ClusterFacts | None) -> str:
    """Whether the consumers keep up."""
    if cluster is None or not cluster.groups:
        return ""
    behind = [group for group in cluster.groups if not all(t.keeps_up for t in group.topics)]
    if not behind:
        groups = count(len(cluster.groups), "consumer group")
        return f"{groups}, none behind by more than it commits at a time."
    worst = max(behind, key=lambda group: group.lag)
    lag = quantity(worst.lag, "records")
    groups = count(len(cluster.groups), "consumer group")
    return f"{len(behind)} of {groups} behind, most of all {worst.name} by {lag}."


def _alerts(facts: ReportFacts) -> str:
    """What Prometheus complains of."""
    names = sorted({alert.get("alertname", "") for alert in facts.alerts})
    if not names:
        return ""
    verb = "fires" if len(names) == 1 else "fire"
    return f"{count(len(names), 'alert')} {verb}: {', '.join(names)}."
