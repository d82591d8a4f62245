# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What each kind of hook leaves behind when it commits."""

import zlib
from collections.abc import Callable
from datetime import datetime

from onebox.changes import edit, options, relations, secrets, storage, subordinates, told, units
from onebox.model import Hook, Model, RelationSeen


def _installed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return subordinates.settle(told.put(model, name, installed=True), now)


def _started(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    unit = model.units[name]
    silent = told.spoken(unit) in told.SILENT
    workload = edit.status("unknown", since=now) if silent else unit.workload
    local = edit.replace(unit.local, started=True, rebooted=False)
    return edit.put_unit(model, unit, local=local, workload=workload)


def _stopped(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return told.put(model, name, stopped=True)


def _removed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    model = told.put(model, name, removed=True)
    unit = model.units[name]
    return edit.put_unit(model, unit, workload=edit.status("terminated", since=now))


def _configured(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    local = edit.replace(model.units[name].local, config_hash=hook.config_hash)
    if not local.started:
        local = told.queue(local, Hook(kind="start"))
    return edit.put_unit(model, model.units[name], local=local)


def _upgraded(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    local = told.queue(model.units[name].local, Hook(kind="config-changed"))
    return edit.put_unit(model, model.units[name], local=local)


def _elected(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return told.put(model, name, leader=True)


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
    local = told.queue(model.units[name].local, edit.replace(hook, kind="relation-changed"))
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
    if model.units[name].principal and model.relations[hook.relation].contained:
        model = units.remove(model, name, False)
    return subordinates.settle(units.leave_scope(model, hook.relation, name), now)


def _attached(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return told.put(model, name, storage=model.units[name].local.storage | {hook.storage})


def _detached(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    model = told.put(model, name, storage=model.units[name].local.storage - {hook.storage})
    return storage.detached(model, hook.storage or "", now)


def _idled(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    interval = options.update_status_interval(model)
    # Spread by a fifth either way, so that the units of a model do not all wake together.
    spread = zlib.crc32(f"{name} {now.isoformat()}".encode()) / 0xFFFFFFFF * 0.4 + 0.8
    return edit.put_unit(model, model.units[name], next_update_status=now + interval * spread)


def _secret_told(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    known = {**model.units[name].local.secrets, str(hook.secret): hook.version or 0}
    return told.put(model, name, secrets=known)


def _secret_removed(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    known = model.units[name].local.secrets_removed
    return told.put(model, name, secrets_removed=known | {_revision(hook)})


def _secret_rotated(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    return secrets.remind_of_rotation(model, hook.secret or "", now)


def _secret_expired(model: Model, name: str, hook: Hook, now: datetime) -> Model:
    known = model.units[name].local.secrets_expired
    again = {**known, _revision(hook): now + secrets.REMINDER}
    return told.put(model, name, secrets_expired=again)


def _revision(hook: Hook) -> str:
    return f"{hook.secret}/{hook.secret_revision}"


def _seen(model: Model, name: str, hook: Hook) -> RelationSeen | None:
    return model.units[name].local.relations.get(-1 if hook.relation is None else hook.relation)


def _see(model: Model, name: str, relation: int, seen: RelationSeen) -> Model:
    known = {**model.units[name].local.relations, relation: seen}
    return told.put(model, name, relations=known)


EFFECTS: dict[str, Callable[[Model, str, Hook, datetime], Model]] = {
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
