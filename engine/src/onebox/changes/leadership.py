# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who leads an application. It is decided in the transaction that makes a decision necessary."""

from onebox.changes import edit
from onebox.model import Model, Unit


def elect(model: Model, application: str) -> Model:
    """The model with a leader for `application`, if it has any unit.

    Whoever leads goes on to lead while it lives, or while nobody else does: the last unit of a
    dying application may still tidy up as its leader. Otherwise the first unit in order of
    readiness and number takes over.
    """
    app = model.applications[application]
    units = model.units_of(application)
    candidates = [u for u in units if u.life == "alive" and not silent(model, u)]
    incumbent = model.units.get(app.leader or "")
    if incumbent is not None and (incumbent in candidates or not candidates):
        return model
    chosen = min(candidates or units, key=_readiness, default=None)
    leader = chosen.name if chosen else None
    return model if leader == app.leader else edit.put_application(model, app, leader=leader)


def silent(model: Model, unit: Unit) -> bool:
    """Whether nothing is heard of a unit, because its machine is down."""
    machine = model.machines.get(unit.machine)
    return machine is not None and machine.down


def _readiness(unit: Unit) -> tuple[bool, bool, int]:
    failing = unit.local.failures > 0
    return failing, not unit.local.started, int(unit.name.rpartition("/")[2])
