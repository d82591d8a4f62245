# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""goal-state: who will be there once everybody has come."""

from datetime import datetime, timezone
from typing import Any

from onebox.hooktools.context import Context
from onebox.hooktools.tool import DOCUMENT_FORMAT, Call, tool
from onebox.model import Model, Relation, Unit
from onebox.render.document import Timestamp


@tool(
    "goal-state", "Print the status of the charm's peers and related units.", form=DOCUMENT_FORMAT
)
def goal_state(context: Context, call: Call) -> dict[str, Any]:
    """Own units, and per endpoint the remote applications with their units."""
    call.at_most(0)
    model = context.services.read()
    related: dict[str, dict[str, Any]] = {}
    for relation in model.relations_of(context.app_name):
        own, other = relation.endpoint_of(context.app_name), relation.other(context.app_name)
        if own.role == "peer":
            continue
        found = related.setdefault(own.name, {})
        found[other.application] = _goal(_relation_status(relation), relation.since)
        found.update(_units(model, other.application))
    ordered = {name: dict(sorted(related[name].items())) for name in sorted(related)}
    return {"units": _units(model, context.app_name), "relations": ordered}


def _units(model: Model, application: str) -> dict[str, Any]:
    return {u.name: _goal(_unit_status(u), u.workload.since) for u in model.units_of(application)}


def _unit_status(unit: Unit) -> str:
    return unit.workload.current if unit.life == "alive" else "dying"


def _relation_status(relation: Relation) -> str:
    if relation.life != "alive":
        return "broken"
    return "joined" if relation.scope else "joining"


def _goal(status: str, since: datetime) -> dict[str, str]:
    text = since.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")
    return {"status": status, "since": Timestamp(text)}
