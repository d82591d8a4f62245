# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Storage: more of it for a unit, from one unit to another, and its end."""

from onebox import directives, stowage
from onebox.agents import Agents
from onebox.api.method import Methods, made, transact
from onebox.changes import edit, storage
from onebox.errors import Refused
from onebox.model import Model

method = Methods()


@method
def add_storage(
    agents: Agents, model: str, unit: str, name: str, directive: str = ""
) -> list[str]:
    """More storage for a unit; the new instances."""
    now, wish = agents.engine.now(), directives.read(directive or "1")
    storage.refuse_unknown_pool("", name, wish)

    def change(before: Model) -> tuple[Model, list[str]]:
        if name not in before.charm_of(edit.unit(before, unit).application).storage:
            raise Refused(f'storage name "{name}" not supported by charm', "not-found")
        after = storage.add(before, unit, name, wish.count or 1, now, wish)
        return after, sorted(after.storage.keys() - before.storage.keys())

    return made(agents, model, change)


@method
def attach_storage(agents: Agents, model: str, unit: str, instance: str) -> None:
    """A detached instance for a unit, which runs its attached hook."""
    now = agents.engine.now()
    transact(agents, model, lambda m: storage.attach(m, instance, unit, now))


@method
def detach_storage(agents: Agents, model: str, instance: str) -> None:
    """An instance without a unit, after its detaching hook."""
    now = agents.engine.now()
    transact(agents, model, lambda m: storage.detach(m, instance, now))


@method
def remove_storage(agents: Agents, model: str, instance: str) -> None:
    """The end of an instance, after its detaching hook if a unit has it."""
    now = agents.engine.now()
    after = transact(agents, model, lambda m: storage.remove(m, instance, now))
    if instance not in after.storage:
        stowage.forget(agents.engine.home, after, instance)
