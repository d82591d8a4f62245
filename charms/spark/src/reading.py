# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Juju says, piece by piece, for the facts that are read once per hook."""

import ops

from agreement import Agreement
from dataops.certificates import Identity

PEERS = "peers"
MASTER = "spark-master"
# In the databag of the peers: until when a unit's certificate is good.
END = "certificate-end"


def agreement(charm: ops.CharmBase) -> Agreement:
    """What all units go by; an empty one before the leader has written any."""
    relation = charm.model.get_relation(PEERS)
    return Agreement.read(relation.data[charm.app]) if relation else Agreement()


def told(charm: ops.CharmBase, key: str) -> dict[str, str]:
    """By unit what it has said under that key, this one included; the silent left out."""
    relation = charm.model.get_relation(PEERS)
    units = {charm.unit, *relation.units} if relation else set[ops.Unit]()
    found = {unit.name: relation.data[unit].get(key, "") for unit in units} if relation else {}
    return {name: text for name, text in sorted(found.items()) if text}


def ends(charm: ops.CharmBase, own: Identity | None) -> dict[str, float]:
    """Until when each unit's certificate is good, Unix seconds.

    Args:
        charm: whose units.
        own: what this unit serves, which it knows before it is told.
    """
    found = {unit: float(end) for unit, end in told(charm, END).items()}
    found.pop(charm.unit.name, None)
    return {**found, charm.unit.name: own.leaf.not_after.timestamp()} if own else found


def visitors(charm: ops.CharmBase) -> dict[str, frozenset[str] | None]:
    """What the drivers of other applications say; loaded only where there are any."""
    if not charm.model.relations[MASTER]:
        return {}
    from dataops.interfaces.spark_master import SparkMasterProvider

    return SparkMasterProvider(charm, MASTER).accepted()
