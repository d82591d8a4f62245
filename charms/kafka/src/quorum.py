# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which nodes vote on the cluster's metadata, and the next single change towards that."""

import dataclasses
from collections.abc import Collection, Mapping


@dataclasses.dataclass(frozen=True)
class Change:
    """One change of the quorum: KRaft takes them one at a time."""

    add: bool
    node: int
    directory: str


def size(members: int, limit: int) -> int:
    """How many nodes vote: as many as may, but an odd number.

    Two voters survive less than one does: either's loss stops the cluster.
    """
    most = max(1, min(members, limit))
    return most if most % 2 else most - 1


def wanted(voters: Collection[int], candidates: Collection[int], limit: int) -> frozenset[int]:
    """The nodes that should vote: those that do already first, then the lowest ids.

    Args:
        voters: nodes that vote now.
        candidates: nodes that are up and stay.
        limit: the most voters allowed.
    """
    ranked = sorted(candidates, key=lambda node: (node not in voters, node))
    return frozenset(ranked[: size(len(ranked), limit)])


def next_change(
    voters: Mapping[int, str],
    observers: Mapping[int, str],
    candidates: Collection[int],
    limit: int,
) -> Change | None:
    """The next change of the quorum, or None when it is as it should be.

    A newcomer is added before anyone is removed, so the number of votes never falls below what
    it was; the last voter is never removed.
    """
    if not candidates:
        return None
    target = wanted(voters, candidates, limit)
    for node in sorted(target - set(voters)):
        if node in observers:
            return Change(add=True, node=node, directory=observers[node])
    surplus = sorted(set(voters) - target)
    if surplus and target & set(voters):
        # Nodes that are gone first: each of them still counts in every majority.
        node = min(surplus, key=lambda one: (one in candidates, one))
        return Change(add=False, node=node, directory=voters[node])
    return None


def departure(
    voters: Mapping[int, str],
    observers: Mapping[int, str],
    leaving: int,
    candidates: Collection[int],
    limit: int,
) -> tuple[Change, ...]:
    """Every change that has to happen before a node may stop for good.

    Args:
        voters: nodes that vote now, with their directory ids.
        observers: nodes that follow and do not vote, with theirs.
        leaving: the node that stops.
        candidates: nodes that are up and stay.
        limit: the most voters allowed.
    """
    if leaving not in voters:
        return ()
    left, changes = dict(voters), list[Change]()
    for node in sorted(wanted(left, candidates, limit) - set(left)):
        if node in observers:
            changes.append(Change(add=True, node=node, directory=observers[node]))
            left[node] = observers[node]
    if set(left) - {leaving}:
        changes.append(Change(add=False, node=leaving, directory=voters[leaving]))
    return tuple(changes)


def can_miss(voters: Collection[int], up: Collection[int], node: int) -> bool:
    """Whether the other voters that are up are a majority without this node."""
    return len((set(voters) & set(up)) - {node}) > len(voters) // 2
