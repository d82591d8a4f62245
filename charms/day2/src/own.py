# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Day2 itself as one of the applications: its units ask and answer each other as peers.

The same interface on the peer relation: the leader writes the task, every unit runs what is asked
of it, and the leader, which hears nothing of its own writing, looks once more before it leaves.
"""

from __future__ import annotations

import json
import logging

import ops
import pydantic

from dataops.interfaces.operations import OperationsRequirer, Outcome, Participant, Task

logger = logging.getLogger(__name__)


def participant(charm: ops.CharmBase, endpoint: str) -> Participant | None:
    """Our own application with all its units; None before the peer relation is there."""
    relation = charm.model.get_relation(endpoint)
    others = OperationsRequirer(charm, endpoint).participants()
    if relation is None or not others:
        return None
    mine = charm.unit.name
    units = sorted({*others[0].units, mine}, key=lambda name: int(name.rpartition("/")[2]))
    outcome = _outcome(relation.data[charm.unit].get("outcome", ""))
    outcomes = {**others[0].outcomes, mine: outcome}
    told = _outcome(relation.data[charm.app].get("outcome", ""))
    if told.unit == mine:
        # A job of the leader's that this unit has begun; if another one leads by now, the answer
        # lies in our own bag.
        outcomes[charm.app.name] = outcome if outcome.task == told.task else told
    return others[0].model_copy(update={"units": tuple(units), "outcomes": outcomes})


def task(charm: ops.CharmBase, endpoint: str) -> Task | None:
    """What day2 is to do itself now."""
    relation = charm.model.get_relation(endpoint)
    text = relation.data[charm.app].get("task", "") if relation else ""
    return Task.model_validate(json.loads(text)) if text else None


def _outcome(text: str) -> Outcome:
    """What this unit has answered last; an empty one when it is nothing that can be read."""
    try:
        return Outcome.model_validate_json(text) if text else Outcome()
    except pydantic.ValidationError:
        logger.warning("What this unit has answered before cannot be read; it answers again")
        return Outcome()
