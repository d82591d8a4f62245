# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A cluster's metadata for other nodes: what a new cluster starts with to be the old one. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from dataops.backup.metadata._codec import Record, record
from dataops.backup.metadata._image import Image, TopicPartition

_TOPIC, _BROKER = 2, 4
_ELR = "eligible.leader.replicas.version"
# Kafka's word for "the broker tells where it keeps it".
_UNASSIGNED = "A" * 22


@dataclasses.dataclass(frozen=True)
class Remake:
    """How a new cluster differs from the one that was backed up.

    Attributes:
        replicas: the new nodes of each partition, by topic name and number; a topic that is not
            named here is left out.
        epochs: the highest leader epoch in each partition's log, where it is known.
        drop_user: whether a user (a name without `User:`) and its permissions are left out.
    """

    replicas: Mapping[TopicPartition, Sequence[int]]
    epochs: Mapping[TopicPartition, int] = dataclasses.field(
        default_factory=dict[TopicPartition, int]
    )
    drop_user: Callable[[str], bool] = lambda user: False


def remade(image: Image, remake: Remake) -> Image:
    """The image with which the new cluster starts.

    Its partitions have no leader yet. Where the cluster knows eligible leader replicas (KIP-966),
    their first node counts as the last one that led, and leads again as soon as it is there; else
    whoever has their data has to be elected. Registrations of the old brokers, and options of
    single brokers, are left out; what is new for a leader epoch is above everything that stands
    in a log.
    """
    topics = {topic for topic, _ in remake.replicas}
    return Image(
        features=dict(image.features),
        topics={name: topic_id for name, topic_id in image.topics.items() if name in topics},
        partitions=dict(_partitions(image, remake)),
        configs={key: dict(each) for key, each in image.configs.items() if _stays(key, topics)},
        acls={
            key: one
            for key, one in image.acls.items()
            if not remake.drop_user(one["Principal"].removeprefix("User:"))
        },
        scram={key: one for key, one in image.scram.items() if not remake.drop_user(key[0])},
        quotas={
            entity: dict(values)
            for entity, values in image.quotas.items()
            if not any(kind == "user" and name and remake.drop_user(name) for kind, name in entity)
        },
        tokens=dict(image.tokens),
        next_producer_id=image.next_producer_id,
    )


def nodes_for(
    old: Mapping[TopicPartition, Sequence[int]], members: Collection[int]
) -> dict[TopicPartition, tuple[int, ...]]:
    """New nodes for every partition: the same ones where they are there, else a fair share each.

    A partition keeps its number of copies as far as there are nodes.

    Args:
        old: the nodes that had each partition, the preferred leader first.
        members: the new nodes.
    """
    new = sorted(members)
    before = sorted({node for nodes in old.values() for node in nodes})
    if set(before) <= set(new):
        return {key: tuple(nodes) for key, nodes in old.items()}
    place = {node: index for index, node in enumerate(before)}
    found: dict[TopicPartition, tuple[int, ...]] = {}
    for turn, (key, nodes) in enumerate(sorted(old.items())):
        # With fewer nodes than before the leaders are dealt out in turn, else they follow.
        first = place[nodes[0]] if len(new) >= len(before) else turn
        copies = min(len(nodes), len(new))
        found[key] = tuple(new[(first + step) % len(new)] for step in range(copies))
    return found


def _stays(key: tuple[int, str], topics: Collection[str]) -> bool:
    kind, name = key
    if kind == _TOPIC:
        return name in topics
    # What one broker was told names its own files and addresses.
    return kind != _BROKER or not name


def _partitions(image: Image, remake: Remake) -> Iterator[tuple[TopicPartition, Record]]:
    names = {topic_id: name for name, topic_id in image.topics.items()}
    # A broker that registers for the first time is taken out of every ISR, because nobody knows
    # what it has lost: with it in there, its partitions would wait for somebody to elect.
    remembers = image.features.get(_ELR, 0) > 0
    for (topic_id, index), before in image.partitions.items():
        place = (names[topic_id], index)
        if place not in remake.replicas:
            continue
        nodes = tuple(remake.replicas[place])
        epoch = max(before["LeaderEpoch"], remake.epochs.get(place, 0)) + 1
        yield (
            (topic_id, index),
            record(
                "PartitionRecord",
                PartitionId=index,
                TopicId=topic_id,
                Replicas=nodes,
                Isr=() if remembers else nodes,
                RemovingReplicas=(),
                AddingReplicas=(),
                Leader=-1,
                LeaderEpoch=epoch,
                PartitionEpoch=before["PartitionEpoch"] + 1,
                Directories=(_UNASSIGNED,) * len(nodes),
                LastKnownElr=nodes[:1] if remembers else None,
            ),
        )
