# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the units of this application tell each other, in the peer relation."""

import dataclasses
import json
from collections.abc import Iterator, Mapping

import ops
from ops import hookcmds

import slots
from dataops.rotation import Rotation
from recovery import Recovery, Share
from slots import Slots


@dataclasses.dataclass(frozen=True)
class Peer:
    """One unit as it describes itself.

    Attributes:
        unit: its name.
        address: where it listens; empty until it says.
        online: whether its broker is a registered member of the cluster.
        restart: the settings it wants to be restarted for; empty when it wants nothing.
        asked: when it asked for a certificate in place of an expired one; Unix seconds.
        authorities: those that vouch for its certificate, and for the next one, PEM.
        trusts: those that its broker works with, as `dataops.certificates` spells them.
        share: how its part of a restore ended.
    """

    unit: str
    address: str = ""
    online: bool = False
    restart: str = ""
    asked: float = 0
    authorities: str = dataclasses.field(default="", repr=False)
    trusts: frozenset[str] = frozenset()
    share: Share = dataclasses.field(default_factory=Share)

    @property
    def node(self) -> int:
        """Its node id: the unit's number."""
        return int(self.unit.rpartition("/")[2])


@dataclasses.dataclass(frozen=True)
class Agreement:
    """What all units go by, written by the leader.

    Attributes:
        cluster_id: the cluster's identity; it changes only with a restore.
        first: the node that founded it; only its storage is ever formatted as a first voter.
        founded: whether that has happened: a cluster is founded once.
        opened: whether every broker of the first deployment has been up and clients were let in.
        turn: the unit that may restart its broker now.
        slots: which users stand for a client, by client; the first user alone where it is silent.
        rotation: the last change of all clients' credentials, finished or not.
        recovery: the last restore of the whole cluster, finished or not.
    """

    cluster_id: str = ""
    first: int = -1
    founded: bool = False
    opened: bool = False
    turn: str = ""
    slots: Mapping[str, Slots] = dataclasses.field(default_factory=dict[str, Slots])
    rotation: Rotation | None = None
    recovery: Recovery | None = None

    @property
    def turning(self) -> bool:
        """Whether all clients' credentials change now."""
        return self.rotation is not None and not self.rotation.finished

    def slots_of(self, client: str) -> Slots:
        """Which users stand for the client."""
        return self.slots.get(client, Slots())


class Peers:
    """The peer relation.

    Args:
        charm: the charm.
        endpoint: its peer endpoint.
    """

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._unit = charm.unit
        self._app = charm.app
        self._relation = charm.model.get_relation(endpoint)

    def units(self) -> tuple[Peer, ...]:
        """Every unit, this one too, by number."""
        return tuple(sorted(self._units(), key=lambda peer: peer.node))

    def dying(self) -> frozenset[int]:
        """Node ids of other units that leave as well; read while this one does."""
        if len(self.units()) == 1:
            return frozenset()
        # The framework only counts them, and no unit can tell another while it is in its hook.
        units = hookcmds.goal_state().units.items()
        nodes = {Peer(name).node for name, goal in units if goal.status == "dying"}
        return frozenset(nodes - {Peer(self._unit.name).node})

    def agreement(self) -> Agreement:
        """What the leader has written."""
        bag = self._relation.data[self._app] if self._relation else dict[str, str]()
        return Agreement(
            cluster_id=bag.get("cluster-id", ""),
            first=int(bag.get("first", "-1")),
            founded=bag.get("founded") == "true",
            opened=bag.get("opened") == "true",
            turn=bag.get("turn", ""),
            slots=slots.from_text(bag.get("slots", "")),
            rotation=Rotation.from_text(bag.get("rotation", "")),
            recovery=Recovery.from_text(bag.get("recovery", "")),
        )

    def agreed(self, key: str) -> str:
        """One value of what the leader has written; empty when there is none."""
        return self._relation.data[self._app].get(key, "") if self._relation else ""

    def note(self, values: Mapping[str, str]) -> bool:
        """Whether this unit's part had to change to say this; empty values are removed."""
        return bool(self._relation) and _write(self._relation.data[self._unit], values)

    def agree(self, values: Mapping[str, str]) -> bool:
        """Whether the application's part had to change to say this; leader only."""
        return bool(self._relation) and _write(self._relation.data[self._app], values)

    def _units(self) -> Iterator[Peer]:
        others = self._relation.units if self._relation else set[ops.Unit]()
        for unit in {self._unit, *others}:
            bag = self._relation.data[unit] if self._relation else dict[str, str]()
            yield Peer(
                unit=unit.name,
                address=bag.get("address", ""),
                online=bag.get("online") == "true",
                restart=bag.get("restart", ""),
                asked=float(bag.get("asked", "0")),
                authorities=bag.get("authorities", ""),
                trusts=frozenset(json.loads(bag.get("trusts", "[]"))),
                share=Share.from_text(bag.get("recovery", "")),
            )


def _write(bag: ops.RelationDataContent, values: Mapping[str, str]) -> bool:
    new = {key: value for key, value in values.items() if bag.get(key, "") != value}
    bag.update(new)
    return bool(new)
