# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The requirer's side: asks every related application for its verbs, one task at a time."""

from __future__ import annotations

from typing import Any, cast

import ops

from dataops.interfaces.operations import _bags
from dataops.interfaces.operations._models import (
    CatalogueEntry,
    Outcome,
    Participant,
    Status,
    Task,
)


class OperationsRequirer:
    """Asks every related application for its verbs, one task at a time.

    Args:
        charm: the charm.
        endpoint: a `requires` endpoint with the interface `dataops_operations`.
    """

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._app = charm.app
        self._model = charm.model
        self._endpoint = endpoint

    def participants(self) -> tuple[Participant, ...]:
        """Every related application with its verbs, units and latest outcomes, ordered by name."""
        relations = _bags.active(self._model, self._endpoint)
        found = [_participant(relation) for relation in relations]
        return tuple(sorted(found, key=lambda participant: participant.application))

    def outcomes(self, task_id: str) -> dict[str, Outcome]:
        """The outcomes of one task, by who gave it: an application's name or a unit's."""
        given = (item for p in self.participants() for item in p.outcomes.items())
        return {name: outcome for name, outcome in given if outcome.task == task_id}

    def request(self, application: str, task: Task | None) -> bool:
        """Ask an application for a task, or for nothing; True when that is new. Leader only."""
        changed = False
        for relation in _bags.active(self._model, self._endpoint):
            if relation.app.name == application:
                bag = relation.data[self._app]
                changed |= _bags.write(bag, "task", task.to_json() if task else "")
        return changed


def _participant(relation: ops.Relation) -> Participant:
    units = sorted(relation.units, key=lambda unit: int(unit.name.rpartition("/")[2]))
    by_unit = {unit.name: _bags.outcome(relation, unit) for unit in units}
    told = _bags.outcome(relation, relation.app)
    return Participant(
        application=relation.app.name,
        role=relation.data[relation.app].get("role", ""),
        catalogue=_catalogue(relation),
        units=tuple(by_unit),
        outcomes={relation.app.name: _settled(told, by_unit), **by_unit},
    )


def _settled(told: Outcome, by_unit: dict[str, Outcome]) -> Outcome:
    """What became of a leader's job whose unit may have lost the leadership, or is gone."""
    if told.status is not Status.RUNNING or not told.unit:
        return told
    own = by_unit.get(told.unit)
    if own is None:
        message = f"{told.unit} left before it had done it"
        return told.model_copy(update={"status": Status.FAILED, "message": message})
    return own if own.task == told.task else told


def _catalogue(relation: ops.Relation) -> tuple[CatalogueEntry, ...]:
    """The other side's verbs; entries that cannot be read are left out."""
    entries = _bags.load(relation, relation.app, "catalogue")
    if not isinstance(entries, list):
        return ()
    listed = cast("list[Any]", entries)
    read = [_bags.validate(relation, CatalogueEntry, entry) for entry in listed]
    return tuple(entry for entry in read if entry is not None and entry.name)
