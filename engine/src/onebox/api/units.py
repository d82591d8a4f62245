# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Units: adding, removing and mending them, their storage, and running commands on them."""

from typing import Any

from onebox.agents import Agents
from onebox.api.method import Methods, made, transact
from onebox.changes import edit, relations, storage, subordinates, units
from onebox.changes.units import add
from onebox.errors import Refused
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
) -> list[str]:
    """More units of an application; the machine of each."""
    where, now = placement or [], agents.engine.now()

    def change(before: Model) -> tuple[Model, list[str]]:
        after = add(before, application, units, where, now)
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
        return units.remove(before, unit, force)

    transact(agents, model, change)


@method
def resolve(agents: Agents, model: str, unit: str, skip: bool = False) -> None:
    """Another try of a failed hook, or none with `skip`."""
    transact(agents, model, lambda m: units.resolve(m, unit, skip))


@method
def add_storage(
    agents: Agents, model: str, unit: str, name: str, directive: str = ""
) -> list[str]:
    """More storage for a unit; the new instances."""
    now, wish = agents.engine.now(), storage.directive(directive)

    def change(before: Model) -> tuple[Model, list[str]]:
        if name not in before.charm_of(edit.unit(before, unit).application).storage:
            raise Refused(f'storage name "{name}" not supported by charm', "not-found")
        after = storage.add(before, unit, name, wish.count or 1, now, size=wish.size)
        return after, sorted(after.storage.keys() - before.storage.keys())

    return made(agents, model, change)


@method
def detach_storage(
    agents: Agents,
    model: str,
    id: str,  # noqa: A002 - the parameter's name on the wire
) -> None:
    """The end of a storage instance, after its last hook."""
    transact(agents, model, lambda m: storage.detach(m, id))


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
