# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who may be taken down now: a pure decision from a cluster's facts, always with the reason.

    match turn(state, waiting):
        case Go(unit, because): ...
        case Hold(because): ...

The rule: what a node holds is left to enough others. A partition keeps as many copies in sync as
must be, the controllers keep a majority that follows, and nobody goes while another is down.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence


@dataclasses.dataclass(frozen=True)
class Go:
    """This unit may go now.

    Attributes:
        unit: its name; empty where the question was about one unit.
        because: why it does no harm, for the operator.
    """

    unit: str = ""
    because: str = ""


@dataclasses.dataclass(frozen=True)
class Hold:
    """Nobody may go now.

    Attributes:
        because: what has to be well first, for the operator.
    """

    because: str = ""


@dataclasses.dataclass(frozen=True)
class Node:
    """One node of the cluster.

    Attributes:
        unit: whose it is; a name for people where no unit has it any more.
        id: in the cluster.
        up: whether it serves.
    """

    unit: str
    id: int
    up: bool = True


@dataclasses.dataclass(frozen=True)
class Copies:
    """One partition: where its copies are.

    Attributes:
        name: for people: `orders-0`.
        replicas: ids of the nodes that hold a copy.
        in_sync: ids of those whose copy is complete.
        least: how many have to be in sync for writers to go on.
    """

    name: str
    replicas: frozenset[int]
    in_sync: frozenset[int]
    least: int = 1

    @property
    def needed(self) -> int:
        """How many copies have to stay in sync: one cannot ask for more than there are."""
        return min(self.least, len(self.replicas))

    @property
    def can_spare(self) -> bool:
        """Whether it has a copy to spare once all of them are in sync."""
        return len(self.replicas) > self.needed


@dataclasses.dataclass(frozen=True)
class Voter:
    """One controller that votes.

    Attributes:
        id: of its node.
        lag: how many records it is behind the one that leads; None when nobody knows.
    """

    id: int
    lag: int | None = 0


@dataclasses.dataclass(frozen=True)
class ClusterState:
    """What is decided from, as of one moment.

    Attributes:
        nodes: all nodes, those that are down too.
        partitions: all partitions.
        voters: the controllers; empty where the cluster has none.
        controller: id of the one that leads: it goes last.
        most_lag: a voter that is further behind does not count.
        interrupt: whether that may stop for a moment which no waiting makes safe: partitions
            without a copy to spare, a quorum of one or two.
    """

    nodes: tuple[Node, ...]
    partitions: tuple[Copies, ...] = ()
    voters: tuple[Voter, ...] = ()
    controller: int = -1
    most_lag: int = 1000
    interrupt: bool = False

    @property
    def up(self) -> frozenset[int]:
        """Ids of the nodes that serve."""
        return frozenset(node.id for node in self.nodes if node.up)

    @property
    def following(self) -> frozenset[int]:
        """Ids of the controllers whose votes count now."""
        near = (one for one in self.voters if one.lag is not None and one.lag <= self.most_lag)
        return frozenset(voter.id for voter in near)

    @property
    def majority(self) -> int:
        """How many votes decide."""
        return len(self.voters) // 2 + 1

    @property
    def quorum_can_spare(self) -> bool:
        """Whether the controllers can miss one once all of them follow."""
        return len(self.voters) > self.majority


def turn(state: ClusterState, waiting: Sequence[str]) -> Go | Hold:
    """The unit that may go now, or why nobody may.

    Those that serve nobody go first, the node that leads the controllers last: it would otherwise
    hand its role to one that goes next.

    Args:
        state: the facts.
        waiting: names of the units that want to go.
    """
    if not waiting:
        return Hold("nobody waits")
    nodes = {node.unit: node for node in state.nodes}

    def rank(unit: str) -> tuple[bool, bool, int]:
        node = nodes.get(unit, Node(unit, -1))
        return node.up, node.id == state.controller, node.id

    answers = [may_go(state, unit) for unit in sorted(waiting, key=rank)]
    reasons = dict.fromkeys(answer.because for answer in answers)
    allowed = (answer for answer in answers if isinstance(answer, Go))
    return next(allowed, Hold("; ".join(reasons)))


def may_go(state: ClusterState, unit: str) -> Go | Hold:
    """Whether this unit may go now, with every reason against it."""
    node = next((node for node in state.nodes if node.unit == unit), None)
    if node is None:
        return Hold(f"{unit} is no part of the cluster")
    reasons = [*_others_down(state, node), *_copies(state, node), *_votes(state, node)]
    return Hold("; ".join(reasons)) if reasons else Go(unit, _why(state, node))


def _others_down(state: ClusterState, node: Node) -> Iterator[str]:
    """One at a time; but a node that is down itself may be mended whoever else is."""
    down = sorted(other.unit for other in state.nodes if not other.up and other != node)
    if down and node.up:
        yield f"{', '.join(down)} {'is' if len(down) == 1 else 'are'} down"


def _copies(state: ClusterState, node: Node) -> Iterator[str]:
    """Partitions that would have too few copies in sync without the node."""
    hurt = [part for part in _held(state, node) if not _keeps(state, part, node)]
    later = [part.name for part in hurt if part.can_spare]
    never = [part.name for part in hurt if not part.can_spare]
    if later:
        yield f"too few copies would be in sync without {node.unit} of {_some(later)}"
    if never and not state.interrupt:
        yield f"no copy to spare have {_some(never)}: give them more"


def _votes(state: ClusterState, node: Node) -> Iterator[str]:
    """Whether the controllers keep a majority without the node."""
    if node.id not in state.following or (state.interrupt and not state.quorum_can_spare):
        return
    left = len(state.following - {node.id})
    if left < state.majority:
        yield (
            f"without {node.unit} {left} of {len(state.voters)} controllers would follow, "
            f"and {state.majority} have to"
        )


def _held(state: ClusterState, node: Node) -> Iterator[Copies]:
    """The partitions that lose a copy in sync when the node goes."""
    return (part for part in state.partitions if node.id in part.in_sync & state.up)


def _keeps(state: ClusterState, part: Copies, node: Node) -> bool:
    return len((part.in_sync & state.up) - {node.id}) >= part.needed


def _why(state: ClusterState, node: Node) -> str:
    """Why it may go."""
    if not node.up:
        return f"{node.unit} serves nobody now"
    held = list(_held(state, node))
    stopped = [part.name for part in held if not _keeps(state, part, node)]
    parts = [f"{len(held) - len(stopped)} partitions keep enough copies without {node.unit}"]
    if stopped:
        parts.append(f"no waiting saves {_some(stopped)}")
    if state.voters:
        left = len(state.following - {node.id})
        parts.append(f"{left} of {len(state.voters)} controllers go on")
    return ", ".join(parts)


def _some(names: Sequence[str]) -> str:
    """A few names, and how many more."""
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
