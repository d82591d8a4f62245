# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What to change, where the measured values support it. Pure.

Each rule is a function of the facts that returns its advice or nothing. A rule states its evidence
with the figure, names the setting, and stays silent when a series is missing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from cluster_facts import ClusterFacts, Topic
from report.facts import ReportFacts
from report.units import count, quantity
from series import Series

_IDLE_PERCENT = 30
_GC_PERCENT = 5
_HEAP_FLOOR_PERCENT = 75
_DISK_FREE_PERCENT = 20
_SLOW_PRODUCE_MS = 50
_DOMINANT_SHARE = 0.5
_ENOUGH_POINTS = 10
_UNEVEN = 1.5


@dataclasses.dataclass(frozen=True)
class Advice:
    """One thing to do.

    Attributes:
        grave: whether it threatens data or availability, rather than speed.
        finding: what is the matter.
        evidence: the measured value that says so.
        setting: what to change, or the command to run.
        why: what the change does, and what it costs.
        panel: the figure that shows it; empty when it comes from the admin API.
    """

    finding: str
    evidence: str
    setting: str
    why: str
    panel: str = ""
    grave: bool = False


def advise(facts: ReportFacts) -> tuple[Advice, ...]:
    """All advice that the facts support, the grave ones first."""
    found = [advice for rule in _RULES for advice in rule(facts)]
    return tuple(sorted(found, key=lambda advice: not advice.grave))


def _missing_copies(facts: ReportFacts) -> Iterator[Advice]:
    """Partitions that lack a replica now."""
    cluster = facts.cluster or ClusterFacts()
    short = [topic for topic in cluster.topics if topic.short]
    if short:
        yield Advice(
            grave=True,
            finding="Partitions lack a copy",
            evidence=f"{count(sum(t.short for t in short), 'partition')} of {_names(short)}",
            setting="juju run kafka/leader health-check",
            why="The copies catch up by themselves once their broker is back; the check names it.",
            panel="partitions",
        )


def _single_copies(facts: ReportFacts) -> Iterator[Advice]:
    """Topics with one copy although there are brokers for more."""
    cluster = facts.cluster or ClusterFacts()
    alive = sum(not broker.fenced for broker in cluster.brokers)
    single = [topic for topic in _own(cluster) if topic.replication == 1]
    if single and alive > 1:
        yield Advice(
            grave=True,
            finding="Topics with a single copy",
            evidence=f"{_names(single)}, on a cluster of {count(alive, 'broker')}",
            setting=f"kafka-reassign-partitions to {min(3, alive)} replicas",
            why="The loss of one broker makes these topics unavailable, and the loss of its disk "
            "loses their records. Each further copy takes its size on another broker's disk.",
        )


def _no_margin(facts: ReportFacts) -> Iterator[Advice]:
    """Topics that refuse writes as soon as one replica is away."""
    tight = [
        topic
        for topic in _own(facts.cluster or ClusterFacts())
        if topic.min_in_sync is not None and 1 < topic.replication <= topic.min_in_sync
    ]
    if tight:
        yield Advice(
            grave=True,
            finding="No broker of these topics may be away",
            evidence=f"{_names(tight)}: min.insync.replicas equals the number of copies",
            setting="min.insync.replicas = copies - 1 on the topic",
            why="Producers with acks=all are refused while any one broker restarts.",
        )


def _full_disks(facts: ReportFacts) -> Iterator[Advice]:
    """Disks that are nearly full."""
    for broker in (facts.cluster or ClusterFacts()).brokers:
        if not broker.disk_bytes or broker.disk_free_bytes is None:
            continue
        free = 100 * broker.disk_free_bytes / broker.disk_bytes
        if free < _DISK_FREE_PERCENT:
            yield Advice(
                grave=True,
                finding=f"The disk of broker {broker.id} fills up",
                evidence=f"{quantity(free, '%')} free, "
                f"{quantity(broker.disk_free_bytes, 'B')} of {quantity(broker.disk_bytes, 'B')}",
                setting="retention.ms or retention.bytes of the largest topics, or more brokers: "
                "juju add-unit kafka",
                why="A broker whose disk is full stops. Shorter retention frees whole segments.",
                panel="log-size",
            )


def _growing_lag(facts: ReportFacts) -> Iterator[Advice]:
    """Consumer groups that fell further behind while we looked."""
    for group in (facts.cluster or ClusterFacts()).groups:
        for topic in group.topics:
            if topic.lag <= topic.lag_before or topic.seconds <= 0:
                continue
            if not topic.consumed:
                yield _stalled(group.name, group.state, topic.topic, topic.lag)
            else:
                pace = (topic.lag - topic.lag_before) / topic.seconds
                yield Advice(
                    finding=f"{group.name} falls behind on {topic.topic}",
                    evidence=f"{quantity(topic.lag, 'records')} behind, growing by "
                    f"{quantity(pace, 'records/s')} over {topic.seconds:.0f} s",
                    setting="more consumers in the group, up to one per partition",
                    why="A partition is read by one member of a group; members beyond the number "
                    "of partitions stay idle.",
                )


def _stalled(group: str, state: str, topic: str, lag: int) -> Advice:
    """A group that commits nothing although there is more to read."""
    return Advice(
        finding=f"{group} does not read {topic}",
        evidence=f"{quantity(lag, 'records')} behind, nothing committed while we looked; "
        f"the group is {state.lower() or 'in an unknown state'}",
        setting="start its consumers, or delete the group if nobody needs it any more",
        why="What retention deletes before the group has read it, the group never sees.",
    )


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


_PARTS = {
    "kafka_network_request_requestqueuetimems": (
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


def _slow_part(facts: ReportFacts) -> Iterator[Advice]:
    """The part of a slow produce request that takes most of its time."""
    whole = [s for s in facts.panel("produce-time") if s.label("quantile") == "0.99"]
    parts = {s.label("__name__"): s.mean for s in facts.panel("produce-parts")}
    if not whole or not parts or whole[0].mean < _SLOW_PRODUCE_MS:
        return
    name = max(parts, key=lambda part: parts[part])
    if name in _PARTS and parts[name] > _DOMINANT_SHARE * whole[0].mean:
        setting, why = _PARTS[name]
        yield Advice(
            finding="Slow produce requests spend their time in one place",
            evidence=f"{quantity(parts[name], 'ms')} of {quantity(whole[0].mean, 'ms')} "
            "(99th percentiles, on average)",
            setting=setting,
            why=why,
            panel="produce-parts",
        )


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
        if early > 0 and late > _UNEVEN * early:
            yield Advice(
                finding=f"The streaming job {series.label('spark_job')} falls behind",
                evidence=f"{quantity(series.last, 'records')} to read at the end; "
                f"{quantity(late, 'records')} on average in the second half, "
                f"{quantity(early, 'records')} in the first",
                setting="more workers, juju add-unit spark, or more partitions of its input topic",
                why="A job reads a partition with one task at a time; tasks need cores.",
                panel="job-lag",
            )


def _uneven_brokers(facts: ReportFacts) -> Iterator[Advice]:
    """A broker that leads far more partitions than the others."""
    cluster = facts.cluster or ClusterFacts()
    alive = [broker.id for broker in cluster.brokers if not broker.fenced]
    leaders = [p.leader for topic in cluster.topics for p in topic.partitions]
    preferred = [p.replicas[0] for topic in cluster.topics for p in topic.partitions if p.replicas]
    if len(alive) < 2 or len(leaders) < 2 * len(alive):
        return
    most = max(alive, key=leaders.count)
    fair = len(leaders) / len(alive)
    moved = leaders.count(most) - preferred.count(most)
    if leaders.count(most) > _UNEVEN * fair and moved > 0:
        yield Advice(
            finding=f"Broker {most} leads more than its share",
            evidence=f"{leaders.count(most)} of {len(leaders)} partitions; "
            f"{preferred.count(most)} would prefer it",
            setting="a preferred leader election (kafka-leader-election)",
            why="After a restart leaders stay where they fled to; the election brings them home.",
            panel="bytes-in",
        )


def _own(cluster: ClusterFacts) -> list[Topic]:
    """The team's topics, Kafka's own left out."""
    return [topic for topic in cluster.topics if not topic.internal]


def _names(topics: list[Topic]) -> str:
    """Some of the names, and how many more."""
    shown = ", ".join(topic.name for topic in topics[:3])
    return f"{shown} and {len(topics) - 3} more" if len(topics) > 3 else shown


def _heap(series: Series) -> str:
    """How this process gets a larger heap."""
    app = _whose(series).partition("/")[0]
    option = "driver-memory" if series.label("spark_job") else "heap"
    return f"juju config {app} {option}=..." if "/" in _whose(series) else "a larger heap (-Xmx)"


def _whose(series: Series) -> str:
    """Whose line it is."""
    return series.label("process") or "another target"


_RULES: tuple[Callable[[ReportFacts], Iterator[Advice]], ...] = (
    _missing_copies,
    _single_copies,
    _no_margin,
    _full_disks,
    _growing_lag,
    _busy_handlers,
    _slow_part,
    _collections,
    _slow_jobs,
    _uneven_brokers,
)
