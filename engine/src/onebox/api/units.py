# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Units: adding, removing and mending them, and running commands on them."""

from typing import Any

from onebox.agents import Agents
from onebox.api.method import Methods, made, transact
from onebox.changes import edit, relations, subordinates, units
from onebox.changes.units import add
from onebox.model import Model
from onebox.worker import Commands

method = Methods()


@method
def add_unit(
    agents: Agents,
    model: str,
    application: str,
    units: int = 1,
    placement: list[str] | None = None,
    attached: list[str] | None = None,
) -> list[str]:
    """More units of an application, one of them with `attached` storage; the machine of each."""
    where, now = placement or [], agents.engine.now()

    def change(before: Model) -> tuple[Model, list[str]]:
        told = f'adding {units} units to application "{application}": '
        after = add(before, application, units, where, now, attached or (), told)
        fresh = [u for u in after.units_of(application) if u.name not in before.units]
        return after, [unit.machine for unit in fresh]

    return made(agents, model, change)


@method
def remove_unit(
    agents: Agents, model: str, unit: str, destroy_storage: bool = False, force: bool = False
) -> None:
    """The beginning of a unit's end."""

    def change(before: Model) -> Model:
        subordinates.refuse_alone(before, unit)
        return units.remove(before, unit, force, destroy_storage)

    transact(agents, model, change)


@method
def resolve(agents: Agents, model: str, unit: str, skip: bool = False) -> None:
    """Another try of a failed hook, or none with `skip`."""
    transact(agents, model, lambda m: units.resolve(m, unit, skip))


@method
def run_commands(
    agents: Agents,
    model: str,
    unit: str,
    commands: str,
    context_relation: str = "",
    remote_unit: str = "",
) -> dict[str, Any]:
    """What `juju-exec` runs between two hooks of a unit: its code and output.

    `context_relation` is such as `database:3`, or only its number.
    """
    found = agents.engine.store.read(model)
    edit.unit(found, unit)
    relation = relations.numbered(found, context_relation) if context_relation else None
    asked = Commands(commands, relation, remote_unit or None)
    return agents.worker(model, unit).submit(asked)
