# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What of a backup is restored, and on which nodes. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Collection, Iterator, Mapping

from dataops.backup.manifest import Group, GroupOffset, Manifest, Partition
from dataops.backup.metadata import Image, Remake, TopicPartition, nodes_for, remade


class RestoreError(Exception):
    """The backup cannot be restored so; the message says why and the next move."""


@dataclasses.dataclass(frozen=True)
class Wish:
    """What of a backup is wanted.

    Attributes:
        topics: names; all topics when there are none.
        to_time: ms since 1970: each partition ends before its first batch with a later record;
            None takes everything.
    """

    topics: tuple[str, ...] = ()
    to_time: int | None = None


@dataclasses.dataclass(frozen=True)
class Blueprint:
    """What the new cluster will be.

    Attributes:
        partitions: what is placed, by topic and number.
        nodes: where, the preferred leader first.
        image: the metadata that it starts with.
    """

    partitions: Mapping[TopicPartition, Partition]
    nodes: Mapping[TopicPartition, tuple[int, ...]]
    image: Image

    def of(self, node: int) -> tuple[Partition, ...]:
        """What one node gets: every copy is placed, so that whoever leads has all records."""
        return tuple(one for key, one in self.partitions.items() if node in self.nodes[key])


def refusals(manifest: Manifest, wish: Wish) -> Iterator[str]:
    """Why this cannot be had from this backup, with the next move."""
    names = {topic.name for topic in manifest.topics if not topic.internal}
    for unknown in sorted(set(wish.topics) - names):
        have = ", ".join(sorted(names)[:20]) or "none"
        yield f"Backup {manifest.id} has no topic {unknown}. It has: {have}"
    if wish.to_time is not None and wish.to_time > (end := _ms(_cut(manifest))):
        yield (
            f"Backup {manifest.id} ends at {_text(end)}, before {_text(wish.to_time)}: choose a "
            "later backup, or an earlier time"
        )
    if manifest.metadata is None:
        yield f"Backup {manifest.id} has no metadata of its cluster: choose another backup"


def blueprint(
    manifest: Manifest,
    image: Image,
    members: Collection[int],
    wish: Wish,
    drop_user: Callable[[str], bool] = lambda user: False,
) -> Blueprint:
    """What the new cluster will be.

    Topics that Kafka keeps for itself are left out: groups get their offsets by request, and a
    transaction that was open is aborted in the logs themselves.

    Args:
        manifest: of the backup.
        image: its metadata.
        members: the new nodes.
        wish: what is wanted.
        drop_user: whether a user and its permissions are left out.

    Raises:
        RestoreError: it cannot be had from this backup.
    """
    for refusal in refusals(manifest, wish):
        raise RestoreError(refusal)
    internal = {topic.name for topic in manifest.topics if topic.internal}
    wanted = {
        (one.topic, one.index): one
        for one in manifest.partitions
        if one.topic not in internal and (not wish.topics or one.topic in wish.topics)
    }
    old = {
        (topic, index): tuple(record["Replicas"])
        for topic in {topic for topic, _ in wanted} & set(image.topics)
        for index, record in image.partitions_of(topic).items()
    }
    if lacking := sorted(set(wanted) - set(old)):
        raise RestoreError(
            f"The metadata of backup {manifest.id} does not know {lacking[0][0]}-{lacking[0][1]} "
            f"({len(lacking)} in all): it was taken too early. Choose another backup"
        )
    nodes = {key: each for key, each in nodes_for(old, members).items() if key in wanted}
    epochs = {key: max([one.leader_epoch, *(e.epoch for e in one.epochs)])
              for key, one in wanted.items()}  # fmt: skip
    return Blueprint(wanted, nodes, remade(image, Remake(nodes, epochs, drop_user)))


def groups(
    manifest: Manifest, bounds: Mapping[TopicPartition, tuple[int, int]]
) -> tuple[Group, ...]:
    """Where each group goes on reading, of what was restored.

    An offset beyond what was restored becomes its end: what comes next is not skipped.

    Args:
        manifest: of the backup.
        bounds: first and next offset of every partition that was restored.
    """
    found: list[Group] = []
    for group in manifest.groups:
        offsets = tuple(
            _clamped(one, *bounds[one.topic, one.partition])
            for one in group.offsets
            if (one.topic, one.partition) in bounds
        )
        if offsets:
            found.append(Group(name=group.name, offsets=offsets))
    return tuple(found)


def _clamped(one: GroupOffset, start: int, end: int) -> GroupOffset:
    # An epoch of the old cluster says nothing about offsets that no longer exist.
    if one.offset > end:
        return one.model_copy(update={"offset": end, "leader_epoch": -1})
    return one.model_copy(update={"offset": max(one.offset, start)})


def _cut(manifest: Manifest) -> datetime.datetime:
    return max((unit.cut for unit in manifest.units), default=manifest.finished)


def _ms(moment: datetime.datetime) -> int:
    return int(moment.timestamp() * 1000)


def _text(ms: int) -> str:
    moment = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
