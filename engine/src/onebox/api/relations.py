# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Relations: integrating applications, and taking them apart."""

from onebox.agents import Agents
from onebox.api.method import Methods, transact
from onebox.changes import relations, subordinates, units
from onebox.model import Model

method = Methods()


@method
def integrate(agents: Agents, model: str, a: str, b: str) -> None:
    """A relation between two applications."""
    now = agents.engine.now()
    transact(agents, model, lambda m: subordinates.settle(relations.add(m, a, b, now)[0], now))


@method
def remove_relation(
    agents: Agents,
    model: str,
    a: str = "",
    b: str = "",
    id: int | None = None,  # noqa: A002 - the parameter's name on the wire
    force: bool = False,
) -> None:
    """The beginning of a relation's end."""
    now = agents.engine.now()

    def change(before: Model) -> Model:
        number = relations.find(before, a, b).id if id is None else id
        after = units.sweep(relations.remove(before, number, force=force))
        return subordinates.settle(after, now)

    transact(agents, model, change)
