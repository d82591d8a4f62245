# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Advice from what Prometheus measured. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from report.performance.advice import Advice, Rule
from report.performance.facts import ReportFacts
from report.units import quantity
from series import Series

_IDLE_PERCENT = 30
_GC_PERCENT = 5
_HEAP_FLOOR_PERCENT = 75
_SLOW_PRODUCE_MS = 50
_DOMINANT_SHARE = 0.5
_ENOUGH_POINTS = 10
_GROWN = 1.5
_QUEUE = "kafka_network_request_requestqueuetimems"
_NO_PROCESSOR = (
    "processor time for the broker: fewer neighbours on its machine, or more cores",
    "Requests wait although handlers are idle, so the process itself does not get to run.",
)
_PARTS = {
    _QUEUE: (
        "num.io.threads, or another broker: juju add-unit kafka",
        "Requests queue for a free handler before anything happens to them.",
    ),
    "kafka_network_request_localtimems": (
        "faster storage, or larger batches in the producers (batch.size, linger.ms)",
        "The leader's own log is what takes the time; fewer, larger appends cost it less.",
    ),
    "kafka_network_request_remotetimems": (
        "num.replica.fetchers, and the network between the brokers",
        "The leader waits for its followers (acks=all). More fetchers copy in parallel.",
    ),
    "kafka_network_request_throttletimems": (
        "the client quotas (producer_byte_rate, request_percentage)",
        "A quota holds these clients back; that is its purpose, if it is still wanted.",
    ),
    "kafka_network_request_responsesendtimems": (
        "num.network.threads, and the network to the clients",
        "The answer is ready and waits to be sent.",
    ),
}


def _busy_handlers(facts: ReportFacts) -> Iterator[Advice]:
    """Request handlers that are nearly always busy."""
    low = [s for s in facts.panel("handler-idle") if s.points and s.last < _IDLE_PERCENT]
    if low:
        worst = min(low, key=lambda series: series.last)
        yield Advice(
            finding="Requests wait for a handler",
            evidence=f"handlers of {worst.label('juju_unit')} idle "
            f"{quantity(worst.last, '%')} of the time",
            setting="num.io.threads (and cores for them), or another broker: juju add-unit kafka",
            why="More handlers help while processors are free; otherwise the load has to spread.",
            panel="handler-idle",
        )


def _slow_part(facts: ReportFacts) -> Iterator[Advice]:
    """The part of a slow produce request that takes most of its time."""
    whole = [s for s in facts.panel("produce-time") if s.label("quantile") == "0.99"]
    parts = {s.label("__name__"): s.mean for s in facts.panel("produce-parts")}
    if not whole or not parts or whole[0].mean < _SLOW_PRODUCE_MS:
        return
    name = max(parts, key=lambda part: parts[part])
    if name in _PARTS and parts[name] > _DOMINANT_SHARE * whole[0].mean:
        setting, why = _PARTS[name]
        if name == _QUEUE and _handlers_idle(facts):
            setting, why = _NO_PROCESSOR
        yield Advice(
            finding="Slow produce requests spend their time in one place",
            evidence=f"{quantity(parts[name], 'ms')} of {quantity(whole[0].mean, 'ms')} "
            "(99th percentiles, on average)",
            setting=setting,
            why=why,
            panel="produce-parts",
        )


def _handlers_idle(facts: ReportFacts) -> bool:
    """Whether the request handlers are known to have had little to do."""
    idle = [series.mean for series in facts.panel("handler-idle") if series.points]
    return bool(idle) and min(idle) >= _IDLE_PERCENT


def _collections(facts: ReportFacts) -> Iterator[Advice]:
    """JVMs that spend much time collecting garbage, or whose heap never empties."""
    for series in facts.panel("gc"):
        if series.mean > _GC_PERCENT:
            yield Advice(
                finding=f"{_whose(series)} spends its time on garbage collection",
                evidence=f"{quantity(series.mean, '%')} of the time on average",
                setting=_heap(series),
                why="Collections get rarer with more room; the machine must have the memory.",
                panel="gc",
            )
    for series in facts.panel("heap"):
        floor = min(series.values, default=0.0)
        if len(series.points) >= _ENOUGH_POINTS and floor > _HEAP_FLOOR_PERCENT:
            yield Advice(
                finding=f"The heap of {_whose(series)} hardly empties",
                evidence=f"never below {quantity(floor, '%')} of its maximum",
                setting=_heap(series),
                why="What stays after a collection is in use; the next peak may not fit.",
                panel="heap",
            )


def _slow_jobs(facts: ReportFacts) -> Iterator[Advice]:
    """Streaming jobs whose backlog grew over the whole time."""
    for series in facts.panel("job-lag"):
        if len(series.points) < _ENOUGH_POINTS or not series.last:
            continue
        half = len(series.points) // 2
        early = sum(series.values[:half]) / half
        late = sum(series.values[half:]) / (len(series.points) - half)
        if early > 0 and late > _GROWN * early:
            yield Advice(
                finding=f"The streaming job {series.label('spark_job')} falls behind",
                evidence=f"{quantity(series.last, 'records')} to read at the end; "
                f"{quantity(late, 'records')} on average in the second half, "
                f"{quantity(early, 'records')} in the first",
                setting="more workers, juju add-unit spark, or more partitions of its input topic",
                why="A job reads a partition with one task at a time; tasks need cores.",
                panel="job-lag",
            )


def _heap(series: Series) -> str:
    """How this process gets a larger heap."""
    app = _whose(series).partition("/")[0]
    option = "driver-memory" if series.label("spark_job") else "heap"
    return f"juju config {app} {option}=..." if "/" in _whose(series) else "a larger heap (-Xmx)"


def _whose(series: Series) -> str:
    """Whose line it is."""
    return series.label("process") or "another target"


METRIC_RULES: tuple[Rule, ...] = (_busy_handlers, _slow_part, _collections, _slow_jobs)
