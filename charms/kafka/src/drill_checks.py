# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a rehearsal found, against what the backup says and what the policy wants. Pure."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from dataops.backup.manifest import Group, Partition
from dataops.backup.metadata import Image

# Of Kafka's kinds of resources: a topic's options.
_TOPIC = 2
_MOST_NAMED = 3
# What the names of Kafka's own topics begin with.
_OWN = "__"

# Resource type, name, pattern, principal, host, operation, permission: numbers are Kafka's own.
Permission = tuple[int, str, int, str, str, int, int]


@dataclasses.dataclass(frozen=True)
class Estate:
    """What a cluster is, apart from its records.

    Attributes:
        topics: id and number of partitions by name.
        configs: what is set for each topic alone.
        acls: every permission.
        groups: by name; where each goes on.
    """

    topics: Mapping[str, tuple[str, int]]
    configs: Mapping[str, Mapping[str, str]]
    acls: frozenset[Permission]
    groups: Mapping[str, Group]


@dataclasses.dataclass(frozen=True)
class Policy:
    """What a rehearsal has to keep; 0 is no limit.

    Attributes:
        rto: seconds from the loss until a record is acknowledged and an old one is read.
        rpo: seconds of records that are lost.
    """

    rto: float = 0
    rpo: float = 0


@dataclasses.dataclass(frozen=True)
class Measured:
    """What a rehearsal took.

    Attributes:
        produced: seconds from the declared loss to the first record that was acknowledged.
        consumed: the same to the first old record that a consumer read; None without any.
        lost_records: how many acknowledged records are not in the backup.
        lost_ms: how long before the loss the first of them was written.
    """

    produced: float
    consumed: float | None
    lost_records: int
    lost_ms: int

    @property
    def rto(self) -> float:
        """Seconds until both were done."""
        return max(self.produced, self.consumed or 0)


@dataclasses.dataclass(frozen=True)
class Portion:
    """Records of one partition whose hash the backup's manifest has.

    Attributes:
        place: topic and partition.
        start, end: the first offset, and the one after the last.
        sha256: see `dataops.backup.content.Digest`.
    """

    place: tuple[str, int]
    start: int
    end: int
    sha256: str


def portions(partitions: Iterable[Partition], most: int) -> Iterator[Portion]:
    """The smallest portion of each partition that has some, the smallest first.

    Kafka's own topics are left out: clients do not read them, and a broker writes to them at once.

    Args:
        partitions: of the manifest.
        most: bytes of them all; the first one comes though it has more.
    """
    found: list[tuple[int, Portion]] = []
    for one in (one for one in partitions if not one.topic.startswith(_OWN)):
        place, sizes = (one.topic, one.index), list[tuple[int, Portion]]()
        for segment in one.segments:
            start = segment.base
            for piece, span in zip(segment.pieces, segment.spans, strict=False):
                begin = max(start, one.log_start)
                if begin < span.end:
                    sizes.append((piece.bytes, Portion(place, begin, span.end, span.sha256)))
                start = span.end
        found += sorted(sizes, key=lambda each: each[0])[:1]
    total = 0
    for size, portion in sorted(found, key=lambda each: each[0]):
        if total and total + size > most:
            return
        total += size
        yield portion


def expected(image: Image, groups: tuple[Group, ...]) -> Estate:
    """What a restored cluster has to be."""
    return Estate(
        topics={
            name: (topic_id, len(image.partitions_of(name)))
            for name, topic_id in image.topics.items()
        },
        configs={name: dict(image.configs.get((_TOPIC, name), {})) for name in image.topics},
        acls=frozenset(
            (
                one["ResourceType"], one["ResourceName"], one["PatternType"], one["Principal"],
                one["Host"], one["Operation"], one["PermissionType"],
            )
            for one in image.acls.values()
        ),
        groups={group.name: group for group in groups},
    )  # fmt: skip


def differences(wanted: Estate, found: Estate) -> Iterator[str]:
    """What is not as it has to be, in words."""
    for name, (topic_id, count) in sorted(wanted.topics.items()):
        if name not in found.topics:
            yield f"topic {name} is missing"
            continue
        if found.topics[name] != (topic_id, count):
            there_id, there = found.topics[name]
            yield (
                f"topic {name} has id {there_id} and {there} partitions, not {topic_id} and "
                f"{count}"
            )
        if dict(wanted.configs[name]) != dict(found.configs.get(name, {})):
            keys = set(wanted.configs[name].items()) ^ set(found.configs.get(name, {}).items())
            yield f"topic {name} has other options: {', '.join(sorted({k for k, _ in keys}))}"
    for extra in sorted(set(found.topics) - set(wanted.topics)):
        yield f"topic {extra} was not in the backup"
    if lost := wanted.acls - found.acls:
        yield f"{len(lost)} permissions are missing, such as {_permission(min(lost))}"
    if more := found.acls - wanted.acls:
        yield f"{len(more)} permissions were not in the backup, such as {_permission(min(more))}"
    for name, group in sorted(wanted.groups.items()):
        there = {(o.topic, o.partition): (o.offset, o.metadata)
                 for o in found.groups[name].offsets} if name in found.groups else {}  # fmt: skip
        wrong = [o for o in group.offsets
                 if there.get((o.topic, o.partition)) != (o.offset, o.metadata)]  # fmt: skip
        if wrong:
            o = wrong[0]
            yield (
                f"group {name} goes on elsewhere in {len(wrong)} partitions: {o.topic}-"
                f"{o.partition} at {there.get((o.topic, o.partition))}, not {o.offset}"
            )


def broken(policy: Policy, measured: Measured) -> Iterator[str]:
    """Which limits were not kept."""
    if policy.rto and measured.rto > policy.rto:
        yield f"RTO {measured.rto:.1f} s is above the limit of {policy.rto:g} s"
    if policy.rpo and measured.lost_ms > policy.rpo * 1000:
        yield f"RPO {measured.lost_ms / 1000:.1f} s is above the limit of {policy.rpo:g} s"


def told(problems: list[str]) -> str:
    """The problems in one line, the first of them in full."""
    more = len(problems) - _MOST_NAMED
    text = "; ".join(problems[:_MOST_NAMED])
    return f"{text}; and {more} more" if more > 0 else text


def _permission(one: Permission) -> str:
    return f"{one[3]} on {one[1]}"
