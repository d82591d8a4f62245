# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a step of a unit leaves behind: started, committed, failed, skipped, deployed."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from onebox.changes import edit, options, relations, secrets, storage, units
from onebox.model import Hook, Local, Model, RelationSeen, Status, Unit

RETRY_FIRST = timedelta(seconds=5)
RETRY_CAP = timedelta(minutes=5)

# Workload statuses that the agent sets while the charm has not spoken.
_INSTALLING = ("maintenance", "installing charm software")
_SILENT = (("waiting", "installing agent"), _INSTALLING)
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
    return _EFFECTS[hook.kind](model, name, hook, now)


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
    """The model after a hook was ended by us: it has not failed and runs again."""
    local = model.units[name].local
    return _put_local(model, name, context="", failures=0, retry_at=now, hook=local.hook)


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


def deploying(model: Model, name: str) -> Model:
    """The model while the files of a charm are replaced; no hook runs before they all are."""
    unit = model.units[name]
    return edit.put_unit(model, unit, local=edit.replace(unit.local, upgrading=True))


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
        local = _queue(local, Hook(kind="install"))
    else:
        local = _queue(local, Hook(kind="upgrade-charm"))
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


def rebooted(model: Model, machine: str) -> Model:
    """The model after a machine came up again: its started units run `start` first of all."""
    for unit in model.units.values():
        if unit.machine == machine and unit.local.started:
            local = edit.replace(unit.local, rebooted=True)
            model = edit.put_unit(model, unit, local=local)
    return model


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
    if hook.kind == "install" and _spoken(unit) in _SILENT:
        found = _INSTALLING
    if found is None or _spoken(unit) == found:
        return unit.workload
    return edit.status(*found, since=now)


def _spoken(unit: Unit) -> tuple[str, str]:
    return unit.workload.current, unit.workload.message


def _queue(local: Local, hook: Hook) -> Local:
    return edit.replace(local, progress="queued", hook=hook)


def _put_local(model: Model, name: str, **fields: object) -> Model:
    unit = model.units[name]
    return edit.put_unit(model, unit, local=edit.replace(unit.local, **fields))


# -- what each kind of hook leaves behind ------------------------------------------------------


def _installed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return _put_local(model, name, installed=True)


def _started(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    unit = model.units[name]
    silent = _spoken(unit) in _SILENT
    workload = edit.status("unknown", since=now) if silent else unit.workload
    local = edit.replace(unit.local, started=True, rebooted=False)
    return edit.put_unit(model, unit, local=local, workload=workload)


def _stopped(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return _put_local(model, name, stopped=True)


def _removed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    model = _put_local(model, name, removed=True)
    unit = model.units[name]
    return edit.put_unit(model, unit, workload=edit.status("terminated", since=now))


def _configured(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    local = edit.replace(model.units[name].local, config_hash=hook.config_hash)
    if not local.started:
        local = _queue(local, Hook(kind="start"))
    return edit.put_unit(model, model.units[name], local=local)


def _upgraded(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    local = _queue(model.units[name].local, Hook(kind="config-changed"))
    return edit.put_unit(model, model.units[name], local=local)


def _elected(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return _put_local(model, name, leader=True)


def _created(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    if hook.relation not in model.relations:
        return model
    model = relations.enter_scope(model, hook.relation, name)
    return _see(model, name, hook.relation, RelationSeen())


def _joined(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    seen = _seen(model, name, hook)
    if seen is None or hook.relation is None:
        return model
    joined = {**seen.joined, str(hook.remote_unit): hook.version or 0}
    model = _see(model, name, hook.relation, edit.replace(seen, joined=joined))
    local = _queue(model.units[name].local, edit.replace(hook, kind="relation-changed"))
    return edit.put_unit(model, model.units[name], local=local)


def _changed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    seen = _seen(model, name, hook)
    if seen is None or hook.relation is None:
        return model
    if hook.remote_unit is None:
        seen = edit.replace(seen, application=hook.version or 0)
    elif hook.remote_unit in seen.joined:
        joined = {**seen.joined, hook.remote_unit: hook.version or 0}
        seen = edit.replace(seen, joined=joined)
    return _see(model, name, hook.relation, seen)


def _departed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    seen = _seen(model, name, hook)
    if seen is None or hook.relation is None:
        return model
    joined = {u: v for u, v in seen.joined.items() if u != hook.remote_unit}
    return _see(model, name, hook.relation, edit.replace(seen, joined=joined))


def _broken(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    seen = _seen(model, name, hook)
    if seen is None or hook.relation is None:
        return model
    model = _see(model, name, hook.relation, edit.replace(seen, broken=True))
    return units.leave_scope(model, hook.relation, name)


def _attached(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return _put_local(model, name, storage=model.units[name].local.storage | {hook.storage})


def _detached(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    model = _put_local(model, name, storage=model.units[name].local.storage - {hook.storage})
    return storage.remove(model, hook.storage or "")


def _idled(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    interval = options.update_status_interval(model)
    # Spread by a fifth either way, so that the units of a model do not all wake together.
    spread = zlib.crc32(f"{name} {now.isoformat()}".encode()) / 0xFFFFFFFF * 0.4 + 0.8
    return edit.put_unit(model, model.units[name], next_update_status=now + interval * spread)


def _secret_told(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    told = {**model.units[name].local.secrets, str(hook.secret): hook.version or 0}
    return _put_local(model, name, secrets=told)


def _secret_removed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    told = model.units[name].local.secrets_removed
    return _put_local(model, name, secrets_removed=told | {_revision(hook)})


def _secret_rotated(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return secrets.remind_of_rotation(model, hook.secret or "", now)


def _secret_expired(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    told = model.units[name].local.secrets_expired
    again = {**told, _revision(hook): now + secrets.REMINDER}
    return _put_local(model, name, secrets_expired=again)


def _revision(hook: Hook) -> str:
    return f"{hook.secret}/{hook.secret_revision}"


def _seen(model: Model, name: str, hook: Hook) -> RelationSeen | None:
    return model.units[name].local.relations.get(-1 if hook.relation is None else hook.relation)


def _see(model: Model, name: str, relation: int, seen: RelationSeen) -> Model:
    told = {**model.units[name].local.relations, relation: seen}
    return _put_local(model, name, relations=told)


_EFFECTS: dict[str, Callable[[Model, str, Hook, datetime], Model]] = {
    "install": _installed,
    "start": _started,
    "stop": _stopped,
    "remove": _removed,
    "config-changed": _configured,
    "upgrade-charm": _upgraded,
    "leader-elected": _elected,
    "update-status": _idled,
    "relation-created": _created,
    "relation-joined": _joined,
    "relation-changed": _changed,
    "relation-departed": _departed,
    "relation-broken": _broken,
    "storage-attached": _attached,
    "storage-detaching": _detached,
    "secret-changed": _secret_told,
    "secret-remove": _secret_removed,
    "secret-rotate": _secret_rotated,
    "secret-expired": _secret_expired,
}
