# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Subordinates: units that come with a principal's unit, live on its machine and go with it."""

from datetime import datetime

from onebox.changes import edit, relations, units
from onebox.errors import Refused
from onebox.model import Model, Relation, Unit


def settle(model: Model, now: datetime) -> Model:
    """The model in which every principal's unit has its subordinates, and no other has any."""
    for relation in tuple(model.relations.values()):
        ends = _ends(model, relation)
        if ends is not None and relation.life == "alive":
            model = _complete(model, relation, *ends, now)
    for unit in tuple(model.units.values()):
        if unit.principal and unit.life == "alive" and not _held(model, unit):
            model = units.remove(model, unit.name, False)
    return model


def refuse_alone(model: Model, name: str) -> None:
    """Refuses to remove a subordinate without its relation."""
    unit = edit.unit(model, name)
    if unit.principal:
        raise Refused(
            f'unit "{name}" is a subordinate, to remove use remove-relation. '
            f'Note: this will remove all units of "{unit.application}"'
        )


def _ends(model: Model, relation: Relation) -> tuple[str, str] | None:
    """(principal application, subordinate application) of a relation that brings units."""
    if not relation.contained or len(relation.endpoints) != 2:
        return None
    names = [end.application for end in relation.endpoints]
    if not all(n in model.applications and model.applications[n].life == "alive" for n in names):
        return None
    first, second = (model.charm_of(name).subordinate for name in names)
    if first == second:
        return None
    return (names[1], names[0]) if first else (names[0], names[1])


def _complete(model: Model, relation: Relation, main: str, sub: str, now: datetime) -> Model:
    have = {unit.principal for unit in model.units_of(sub)}
    for unit in model.units_of(main):
        ready = unit.life == "alive" and unit.local.installed
        if ready and unit.name not in have:
            model = units.add_beside(model, sub, unit, now)
            if relation.endpoint_of(main).name == relations.JUJU_INFO:
                # The principal runs no hooks for it, but its subordinate is told of it.
                model = relations.enter_scope(model, relation.id, unit.name)
    return model


def _held(model: Model, unit: Unit) -> bool:
    """Whether a relation still ties a subordinate to its principal."""
    main = unit.principal.partition("/")[0]
    return any(
        relation.contained and main in {e.application for e in relation.endpoints}
        for relation in model.relations_of(unit.application)
    )
