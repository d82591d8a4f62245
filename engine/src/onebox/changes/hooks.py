# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a step of a unit leaves behind: started, committed, failed, skipped, deployed."""

from datetime import datetime, timedelta

from onebox.changes import edit, effects, relations, told
from onebox.model import Hook, Model, Status, Unit

RETRY_FIRST = timedelta(seconds=5)
RETRY_CAP = timedelta(minutes=5)

_ANNOUNCED = {
    "stop": ("maintenance", "stopping charm software"),
    "remove": ("maintenance", "cleaning up prior to charm deletion"),
}


def name_of(model: Model, unit: str, hook: Hook) -> str:
    """The hook's name as charms know it, such as `db-relation-changed`."""
    if hook.storage is not None:
        return f"{hook.storage.partition('/')[0]}-{hook.kind}"
    relation = model.relations.get(hook.relation) if hook.relation is not None else None
    if relation is None:
        return hook.kind
    return f"{relation.endpoint_of(model.units[unit].application).name}-{hook.kind}"


def started(model: Model, name: str, hook: Hook, context: str, now: datetime) -> Model:
    """The model while a hook runs; one that dies here is run again."""
    unit = model.units[name]
    local = edit.replace(unit.local, progress="pending", hook=hook, context=context)
    model = edit.put_unit(
        model, unit, local=local, resolve="", workload=_announced(unit, hook, now)
    )
    if hook.kind == "relation-created" and hook.relation is not None:
        model = relations.open_bag(model, hook.relation, name)
    if hook.kind == "update-status":
        return model
    remote = f" for {hook.remote_unit}" if hook.remote_unit else ""
    return executing(model, name, f"running {name_of(model, name, hook)} hook{remote}", now)


def task_started(model: Model, name: str, action: str, context: str, now: datetime) -> Model:
    """The model while an action or a script runs; a hook that had failed stays where it is."""
    unit = model.units[name]
    model = edit.put_unit(model, unit, local=edit.replace(unit.local, context=context))
    return executing(model, name, f"running action {action}", now)


def task_ended(model: Model, name: str) -> Model:
    """The model in which nothing is left of an action or a script."""
    unit = model.units[name]
    return edit.put_unit(model, unit, local=edit.replace(unit.local, context=""))


def executing(model: Model, name: str, message: str, now: datetime) -> Model:
    """The model with the agent at work."""
    return _set_agent(model, name, edit.status("executing", message, since=now))


def committed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    """The model after a hook ended well: the unit has been told, whatever follows is queued."""
    unit = model.units[name]
    local = edit.replace(
        unit.local, progress="continue", hook=None, context="", failures=0, retry_at=None
    )
    model = edit.put_unit(model, unit, local=local, resolve="")
    return effects.EFFECTS[hook.kind](model, name, hook, now)


def failed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    """The model after a hook failed: the unit is in error and tries again after a while."""
    unit = model.units[name]
    failures = unit.local.failures + 1
    pause = min(RETRY_FIRST * 2 ** min(failures - 1, 10), RETRY_CAP)
    local = edit.replace(
        unit.local,
        progress="pending",
        hook=hook,
        context="",
        failures=failures,
        retry_at=now + pause,
    )
    model = edit.put_unit(model, unit, local=local)
    if hook.kind == "relation-created" and hook.relation is not None:
        # In Juju, too, the others see a unit whose relation-created failed.
        model = relations.enter_scope(model, hook.relation, name)
    return in_error(model, name, now)


def requeued(model: Model, name: str, now: datetime) -> Model:
    """The model after a hook was ended by us: it has not failed and runs again.

    Its context stays, so that what it left running is ended before that.
    """
    return told.put(model, name, failures=0, retry_at=now)


def in_error(model: Model, name: str, now: datetime) -> Model:
    """The model in which the agent says which hook failed."""
    hook = model.units[name].local.hook
    if hook is None:
        return model
    full = name_of(model, name, hook)
    shown = hook.kind if hook.storage is not None else full
    data: dict[str, object] = {"hook": full}
    if hook.relation is not None:
        data |= {"relation-id": hook.relation, "remote-unit": hook.remote_unit or ""}
    message = f'hook failed: "{shown}"'
    return _set_agent(model, name, Status(current="error", message=message, data=data, since=now))


def rest(model: Model, name: str, now: datetime) -> Model:
    """The model in which a unit with nothing more to do says so."""
    local = model.units[name].local
    if local.progress == "pending" and local.failures:
        return in_error(model, name, now)
    return _set_agent(model, name, edit.status("idle", since=now))


def deploying(model: Model, name: str, now: datetime) -> Model:
    """The model while the files of a charm are replaced; no hook runs before they all are."""
    unit = model.units[name]
    first = not unit.local.installed and told.spoken(unit) in told.SILENT
    workload = edit.status(*told.INITIALISING, since=now) if first else unit.workload
    local = edit.replace(unit.local, upgrading=True)
    return edit.put_unit(model, unit, local=local, workload=workload)


def deployed(model: Model, name: str, charm_url: str, modified: int, now: datetime) -> Model:
    """The model once a charm's files are in place: `install` or `upgrade-charm` is next.

    A hook that had failed takes precedence: it runs again with the new files.
    """
    unit = model.units[name]
    fields = {"charm_url": charm_url, "charm_modified": modified, "upgrading": False}
    local = edit.replace(unit.local, **fields)
    if local.progress == "pending":
        local = edit.replace(local, retry_at=now)
    elif not local.installed:
        local = told.queue(local, Hook(kind="install"))
    else:
        local = told.queue(local, Hook(kind="upgrade-charm"))
    return edit.put_unit(model, unit, local=local)


def resigned(model: Model, name: str) -> Model:
    """The model in which a unit knows that it no longer leads."""
    unit = model.units[name]
    return edit.put_unit(model, unit, local=edit.replace(unit.local, leader=False))


def forgotten(model: Model, name: str) -> Model:
    """The model without an outstanding hook whose subject is gone."""
    unit = model.units[name]
    fields = {"progress": "continue", "hook": None, "failures": 0, "retry_at": None}
    return edit.put_unit(model, unit, local=edit.replace(unit.local, **fields), resolve="")


def cannot_deploy(model: Model, name: str, reason: str, now: datetime) -> Model:
    """The model in which the agent says why a charm's files are not in place."""
    word = "upgrade" if model.units[name].local.installed else "install"
    message = f"{word} failed: {reason}"
    return _set_agent(model, name, edit.status("error", message, since=now))


def _set_agent(model: Model, name: str, status: Status) -> Model:
    unit = model.units[name]
    same = (unit.agent.current, unit.agent.message) == (status.current, status.message)
    return model if same else edit.put_unit(model, unit, agent=status)


def _announced(unit: Unit, hook: Hook, now: datetime) -> Status:
    """The workload status that the agent gives on the charm's behalf before some hooks."""
    found = _ANNOUNCED.get(hook.kind)
    if hook.kind == "install" and told.spoken(unit) in told.SILENT:
        found = told.INSTALLING
    if found is None or told.spoken(unit) == found:
        return unit.workload
    return edit.status(*found, since=now)
