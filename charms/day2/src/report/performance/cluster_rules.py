# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Advice from what the Kafka admin API says. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_facts import ClusterFacts, Group, GroupTopic, Topic
from report.performance.advice import Advice, Rule
from report.performance.facts import ReportFacts
from report.units import count, quantity

_DISK_FREE_PERCENT = 20
_UNEVEN = 1.5


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
    """Consumer groups that fell further behind while we looked, or read nothing at all."""
    for group in (facts.cluster or ClusterFacts()).groups:
        for topic in group.topics:
            if topic.keeps_up or topic.seconds <= 0:
                continue
            if not topic.consumed:
                yield _stalled(group, topic)
            elif topic.lag > topic.lag_before:
                yield _falls_behind(group, topic)


def _falls_behind(group: Group, topic: GroupTopic) -> Advice:
    """A group that reads, and too slowly."""
    pace = (topic.lag - topic.lag_before) / topic.seconds
    return Advice(
        finding=f"{group.name} falls behind on {topic.topic}",
        evidence=f"{quantity(topic.lag, 'records')} behind, growing by "
        f"{quantity(pace, 'records/s')} over {topic.seconds:.0f} s",
        setting="more consumers in the group, up to one per partition",
        why="One member of a group reads a partition; members beyond the number of partitions "
        "stay idle.",
    )


def _stalled(group: Group, topic: GroupTopic) -> Advice:
    """A group that committed nothing although there is more to read."""
    return Advice(
        finding=f"{group.name} does not read {topic.topic}",
        evidence=f"{quantity(topic.lag, 'records')} behind, nothing committed in "
        f"{topic.seconds:.0f} s; the group is {group.state.lower() or 'in an unknown state'}",
        setting="start its consumers, or delete the group if nobody needs it any more",
        why="What retention deletes before the group has read it, the group never sees.",
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


CLUSTER_RULES: tuple[Rule, ...] = (
    _missing_copies,
    _single_copies,
    _no_margin,
    _full_disks,
    _growing_lag,
    _uneven_brokers,
)
