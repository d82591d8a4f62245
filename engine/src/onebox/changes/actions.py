# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Operations and their tasks: queued by the operator, run by units, kept with their results."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from onebox.changes import edit
from onebox.errors import Refused, known
from onebox.model import ActionSpec, Model, Operation, Task

# The built-in action behind `juju exec`.
EXEC = "juju-exec"
# What Juju says of an action whose agent went down.
TERMINATED = "action terminated"
# And of who is asked and is not there.
_UNKNOWN = {
    "unit": 'linking task to unit: getting unit UUID for "{0}": unit "{0}" not found',
    "machine": 'getting machine UUID for "{0}": machine "{0}" not found',
}
_UNFINISHED = ("pending", "running", "aborting")


def enqueue(
    model: Model,
    targets: Sequence[str],
    action: str,
    parameters: dict[str, Any],
    now: datetime,
    *,
    parallel: bool = False,
    group: str = "",
) -> tuple[Model, Operation]:
    """The model with one operation: a task for every target that exists.

    A target is a unit, `APP/leader`, or for `EXEC` a machine's id, which such a task has in place
    of its unit. An unknown unit is noted in the operation's failures; an unknown application or
    action refuses the whole call. `parallel` and `group` are those of `EXEC`: an action has its
    charm's.
    """
    names = [_resolve(model, target, action) for target in targets]
    builtin = ActionSpec(name=EXEC, parallel=parallel, group=group)
    model, number = edit.next_number(model, "operation")
    tasks: list[int] = []
    failures: dict[str, str] = {}
    for name in names:
        # Who cannot be asked takes a number all the same.
        model, task = edit.next_number(model, "operation")
        if name not in model.units and name not in model.machines:
            failures[name] = _UNKNOWN["unit" if "/" in name else "machine"].format(name)
            continue
        spec = builtin if action == EXEC else _spec(model, name, action)
        queued = Task(
            id=task,
            operation=number,
            unit=name,
            action=action,
            parameters=parameters,
            parallel=spec.parallel,
            group=spec.group,
            enqueued=now,
        )
        model = edit.put(model, "tasks", task, queued)
        tasks.append(task)
    operation = Operation(
        id=number,
        summary=_summary(action, parameters),
        tasks=tuple(tasks),
        enqueued=now,
        failures=failures,
    )
    return edit.put(model, "operations", number, operation), operation


def next_task(model: Model, unit: str) -> Task | None:
    """The oldest task that waits for a unit."""
    waiting = (t for t in model.tasks.values() if t.unit == unit and t.status == "pending")
    return min(waiting, key=lambda t: t.id, default=None)


def claim(task: Task) -> str | None:
    """What a task keeps others of its machine from: "" all of them, None nobody, else a group."""
    return task.group or (None if task.parallel else "")


def start(model: Model, number: int, now: datetime) -> Model:
    """The model with a task running."""
    return _put(model, number, status="running", started=now)


def finish(
    model: Model, number: int, results: dict[str, Any], failure: str | None, now: datetime
) -> Model:
    """The model with a task at its end: failed when there is a `failure`, else completed.

    A task that was being cancelled ends as aborted, whatever its script made of that.
    """
    cancelled = model.tasks[number].status == "aborting"
    status = "aborted" if cancelled else "completed" if failure is None else "failed"
    return _put(
        model, number, status=status, message=failure or "", results=results, completed=now
    )


def reject(model: Model, number: int, message: str, now: datetime) -> Model:
    """The model with a task that could not even be started."""
    return _put(model, number, status="error", message=message, completed=now)


def add_log(model: Model, number: int, message: str, now: datetime) -> Model:
    """The model with one more line in a task's log."""
    return _put(model, number, log=(*model.tasks[number].log, (now, message)))


def cancel(model: Model, number: int, now: datetime) -> Model:
    """The model with a task on its way out: a waiting one at once, a running one soon."""
    task = known(model.tasks, "task", number)
    if task.status == "pending":
        return _put(model, number, status="cancelled", completed=now)
    return _put(model, number, status="aborting") if task.status == "running" else model


def interrupt(model: Model, now: datetime) -> Model:
    """The model after the engine's death: a task that ran is failed and never run again."""
    for task in model.tasks.values():
        if task.status in ("running", "aborting"):
            model = finish(model, task.id, {}, TERMINATED, now)
    return model


def unit_gone(model: Model, unit: str, now: datetime) -> Model:
    """The model in which nothing waits for a unit that has left."""
    for task in model.tasks.values():
        if task.unit == unit and task.status in _UNFINISHED:
            model = _put(
                model,
                task.id,
                status="cancelled" if task.status == "pending" else "aborted",
                message="unit removed",
                completed=now,
            )
    return model


def prune(model: Model, before: datetime) -> Model:
    """The model without operations that ended before a moment."""
    old = [
        o
        for o in model.operations.values()
        if o.enqueued < before and all(model.tasks[t].status not in _UNFINISHED for t in o.tasks)
    ]
    if not old:
        return model
    model = edit.drop(model, "tasks", *(t for o in old for t in o.tasks))
    return edit.drop(model, "operations", *(o.id for o in old))


def _resolve(model: Model, target: str, action: str) -> str:
    application, _, number = target.partition("/")
    if number == "leader":
        if application not in model.applications:
            raise Refused(
                f'getting leader unit for {application}: application "{application}" '
                "not found in leases (not found)",
                "not-found",
            )
        target = model.applications[application].leader or f"{application}/leader"
    if action == EXEC:
        return target
    if application not in model.applications:
        raise Refused(
            "adding action operation: adding action operation: getting charm UUID for application "
            f'"{application}": application "{application}" not found',
            "not-found",
        )
    charm = model.charm_of(application)
    if target in model.units and not charm.actions:
        raise Refused(f"no actions defined for charm {charm.name}. (not found)", "not-found")
    if target in model.units and action not in charm.actions:
        raise Refused(f'action "{action}" not defined for unit "{target}". (not found)')
    return target


def _spec(model: Model, unit: str, action: str) -> ActionSpec:
    return model.charm_of(model.units[unit].application).actions[action]


def _summary(action: str, parameters: dict[str, Any]) -> str:
    return f'exec "{parameters.get("command", "")}"' if action == EXEC else f'action "{action}"'


def _put(model: Model, number: int, **fields: Any) -> Model:
    return edit.put(model, "tasks", number, edit.replace(model.tasks[number], **fields))
