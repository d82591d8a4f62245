# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which broker should lead each partition while one of them is to lead none. Pure.

The first broker in a partition's list of replicas is the one that Kafka prefers as its leader: the
list is put into another order, and no copy moves.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from facts import Partition
from placement import Move


def led_by(partitions: Iterable[Partition], node: int) -> tuple[Partition, ...]:
    """The partitions that this broker leads."""
    return tuple(part for part in partitions if part.leader == node)


def away(partitions: Iterable[Partition], node: int, up: Collection[int]) -> tuple[Move, ...]:
    """Another order for every partition that this broker leads or should lead.

    The broker comes last, and in front the one that is up, in sync and leads the fewest. A
    partition that only this broker could lead is left as it is.
    """
    parts = sorted(partitions)
    leading = Counter(part.leader for part in parts)
    moves: list[Move] = []
    for part in parts:
        if node not in (part.leader, *part.replicas[:1]):
            continue
        able = [one for one in part.replicas if one != node and one in part.in_sync and one in up]
        if not able:
            continue
        heir = min(able, key=lambda one: (leading[one], one))
        leading[heir] += part.leader == node
        rest = [one for one in part.replicas if one not in (heir, node)]
        moves.append((part, (heir, *rest, node)))
    return tuple(moves)


def back(partitions: Iterable[Partition], orders: Iterable[Partition]) -> tuple[Move, ...]:
    """The orders of before, for partitions that still have the same replicas.

    Args:
        partitions: as they are.
        orders: as they were.
    """
    now = {(part.topic, part.index): part for part in partitions}
    moves: list[Move] = []
    for old in orders:
        part = now.get((old.topic, old.index))
        if part is None or part.replicas == old.replicas:
            continue
        if sorted(part.replicas) == sorted(old.replicas):
            moves.append((part, old.replicas))
    return tuple(moves)
