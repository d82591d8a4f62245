# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Actions: queueing them, following them, cancelling them."""

from typing import Any

from onebox.agents import Agents
from onebox.api.method import Methods, made, transact
from onebox.changes import actions
from onebox.errors import known

method = Methods()


@method
def enqueue(
    agents: Agents,
    model: str,
    targets: list[str],
    action: str,
    parameters: dict[str, Any] | None = None,
    parallel: bool = False,
    group: str = "",
) -> dict[str, Any]:
    """One operation with a task for each target."""
    given, now = parameters or {}, agents.engine.now()
    asked = made(
        agents,
        model,
        lambda m: actions.enqueue(m, targets, action, given, now, parallel=parallel, group=group),
    )
    found = agents.engine.store.read(model)
    for task in (found.tasks[number] for number in asked.tasks):
        if task.unit in found.machines:
            agents.machine_commands.start(found, task)
    return asked.model_dump(mode="json")


@method
def operation(
    agents: Agents,
    model: str,
    id: int,  # noqa: A002 - the parameter's name on the wire
) -> dict[str, Any]:
    """An operation with its tasks in full, and the model's version that they are of."""
    store = agents.engine.store
    # First the number, then the model: whoever waits for a later one misses nothing.
    version = store.version(model)
    found = store.read(model)
    asked = known(found.operations, "operation", id)
    return {
        **asked.model_dump(mode="json"),
        "tasks": [found.tasks[t].model_dump(mode="json") for t in asked.tasks],
        "version": version,
    }


@method
def cancel_task(
    agents: Agents,
    model: str,
    id: int,  # noqa: A002 - the parameter's name on the wire
) -> None:
    """The end of a task: a waiting one never runs, a running one is killed."""
    now = agents.engine.now()
    found = transact(agents, model, lambda m: actions.cancel(m, id, now))
    task = found.tasks[id]
    if task.status == "aborting" and "/" in task.unit:
        agents.worker(model, task.unit).cancel(id)
    elif task.status == "aborting":
        agents.machine_commands.cancel(found, id)
