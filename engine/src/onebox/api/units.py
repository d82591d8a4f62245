# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Units and machines: adding, removing and mending them, and running commands on them."""

from __future__ import annotations

from typing import Any

from onebox.agents import Agents
from onebox.api.method import Methods, transact
from onebox.changes import (
    applications,
    edit,
    machines,
    relations,
    storage,
    subordinates,
    units,
)
from onebox.errors import Refused
from onebox.machine import demolish
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
    now, found = agents.engine.now(), list[str]()

    def change(before: Model) -> Model:
        after = _add(before, application, units, placement or [], now)
        fresh = [u for u in after.units_of(application) if u.name not in before.units]
        found[:] = [unit.machine for unit in fresh]
        return after

    transact(agents, model, change)
    return found


def _add(model: Model, application: str, count: int, placement: list[str], now: Any) -> Model:
    return units.add(model, application, count, placement, now)


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
def add_machine(
    agents: Agents,
    model: str,
    base: str = "ubuntu@24.04",
    constraints: str = "",
    placement: str = "",
) -> str:
    """A machine without units, or a container where `lxd:0` says; its id."""
    now, added = agents.engine.now(), list[str]()

    def change(before: Model) -> Model:
        wanted = applications.parse_base(base)
        after, number = machines.place(
            before, placement, wanted, now, constraints=constraints, kept=True
        )
        added[:] = [number]
        return after

    transact(agents, model, change)
    return added[0]


@method
def remove_machine(agents: Agents, model: str, machine: str, force: bool = False) -> None:
    """The end of a machine: at once when it has no units, with the last of them by force."""
    gone: list[str] = []

    def change(before: Model) -> Model:
        after = units.remove_machine(before, machine, force)
        gone[:] = before.machines.keys() - after.machines.keys()
        return after

    transact(agents, model, change)
    for name in gone:
        demolish(agents.engine.home, agents.engine.store.read(model), name)


@method
def add_storage(
    agents: Agents, model: str, unit: str, name: str, directive: str = ""
) -> list[str]:
    """More storage for a unit; the new instances."""
    now, before, wish = agents.engine.now(), set[str](), storage.directive(directive)

    def change(found: Model) -> Model:
        before.update(found.storage)
        if name not in found.charm_of(edit.unit(found, unit).application).storage:
            raise Refused(f'storage name "{name}" not supported by charm', "not-found")
        return storage.add(found, unit, name, wish.count or 1, now, size=wish.size)

    transact(agents, model, change)
    return sorted(agents.engine.store.read(model).storage.keys() - before)


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
