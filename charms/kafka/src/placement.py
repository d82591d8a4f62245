# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where replicas go when a broker leaves, or when there is room for more copies."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from facts import Partition

Move = tuple[Partition, tuple[int, ...]]


def drain(
    partitions: Iterable[Partition], leaving: Collection[int], live: Collection[int]
) -> tuple[Move, ...]:
    """New replicas for every partition that has one on a leaving broker.

    A partition keeps its number of copies while there are brokers for them. One whose every
    copy is on leaving brokers is moved too; with nowhere to go it is left as it is.

    Args:
        partitions: as they are.
        leaving: brokers to be emptied.
        live: brokers that are up; those that leave are not chosen.
    """
    parts = tuple(partitions)
    stay = sorted(set(live) - set(leaving))
    load = Counter(node for part in parts for node in part.replicas)
    return tuple(_emptied(parts, set(leaving), stay, load))


def _emptied(
    partitions: Iterable[Partition], leaving: set[int], stay: list[int], load: Counter[int]
) -> Iterator[Move]:
    for part in sorted(partitions):
        if not leaving & set(part.replicas):
            continue
        kept = [node for node in part.replicas if node not in leaving]
        new = [*kept, *_pick(len(part.replicas) - len(kept), kept, stay, load)]
        if new:
            yield part, tuple(new)


def raise_to(
    partitions: Iterable[Partition], copies: int, live: Collection[int]
) -> tuple[Move, ...]:
    """More replicas for every partition with fewer than `copies`, as far as brokers allow."""
    parts = tuple(partitions)
    load = Counter(node for part in parts for node in part.replicas)
    moves: list[Move] = []
    for part in sorted(parts):
        more = _pick(copies - len(part.replicas), part.replicas, sorted(live), load)
        if more:
            moves.append((part, (*part.replicas, *more)))
    return tuple(moves)


def _pick(
    count: int, taken: Collection[int], live: Iterable[int], load: Counter[int]
) -> list[int]:
    """The least loaded live brokers that have no copy yet; counts them into the load."""
    free = sorted((node for node in live if node not in taken), key=lambda one: (load[one], one))
    chosen = free[: max(0, count)]
    load.update(chosen)
    return chosen
