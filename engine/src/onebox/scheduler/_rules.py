# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The rules of precedence, first to last."""

from collections.abc import Callable
from datetime import datetime

from onebox.changes import actions, config, leadership, options, storage
from onebox.model import Hook, Model
from onebox.scheduler import _relations, _secrets
from onebox.scheduler._facts import Facts
from onebox.scheduler._steps import (
    Deploy,
    Destroy,
    Note,
    RunCommands,
    RunHook,
    RunTask,
    Step,
    Wait,
)


def next_step(model: Model, unit: str, now: datetime, *, commands: bool = False) -> Step:
    """The one step that a unit takes next.

    Args:
        model: the model as it is.
        unit: the unit's name.
        now: the time, for retries and timers.
        commands: whether a process of the unit waits for its `juju-exec`.
    """
    owner = model.units[unit]
    facts = Facts(model, owner, model.applications[owner.application], now, commands)
    for rule in _RULES:
        step = rule(facts)
        if step is not None:
            return step
    return Wait(until=_next_deadline(facts))


def _gone(facts: Facts) -> Step | None:
    never = not facts.alive and not facts.local.installed and facts.local.progress != "pending"
    if not facts.local.removed and not never:
        return None
    # A principal stays until the last of its subordinates has gone.
    return Wait() if facts.model.subordinates_of(facts.unit.name) else Destroy()


def _silent(facts: Facts) -> Step | None:
    """Nothing happens on a machine that is down; a unit removed by force goes without it."""
    if not leadership.silent(facts.model, facts.unit):
        return None
    return Destroy() if facts.unit.force_removal else Wait()


def _rebooted(facts: Facts) -> Step | None:
    local = facts.local
    due = local.rebooted and local.started and facts.alive and facts.clear
    return RunHook(Hook(kind="start")) if due else None


def _deploy(facts: Facts) -> Step | None:
    return Deploy() if facts.local.upgrading or not facts.local.charm_url else None


def _relation_created(facts: Facts) -> Step | None:
    if not facts.ready:
        return None
    # Juju has no order here. With its peers first, a leader can write down what it decides on
    # while it is still being told of the others.
    for relation in sorted(_relations.relations_of(facts), key=lambda r: len(r.endpoints)):
        # What only the next charm knows waits until that one is there.
        known = relation.endpoint_of(facts.app.name).name in facts.charm.endpoints
        if known and relation.life == "alive" and relation.id not in facts.local.relations:
            return RunHook(_relations.hook(facts, relation, "relation-created"))
    return None


def _leadership(facts: Facts) -> Step | None:
    leads = facts.app.leader == facts.unit.name
    if facts.local.leader and not leads:
        return Note("resign")
    due = leads and facts.ready and not facts.local.leader
    return RunHook(Hook(kind="leader-elected")) if due else None


def _secret(facts: Facts) -> Step | None:
    hook = next(_secrets.news(facts), None) if facts.ready and facts.model.secrets else None
    return RunHook(hook) if hook else None


def _task(facts: Facts) -> Step | None:
    task = actions.next_task(facts.model, facts.unit.name) if _interruptible(facts) else None
    return RunTask(task.id) if task else None


def _commands(facts: Facts) -> Step | None:
    return RunCommands() if facts.commands and _interruptible(facts) else None


def _interruptible(facts: Facts) -> bool:
    """Whether actions may run: a queued hook keeps its place, a failed one lets them pass."""
    return facts.local.progress == "pending" or (facts.clear and facts.local.installed)


def _storage(facts: Facts) -> Step | None:
    before_install = not facts.local.installed and facts.local.progress == "queued"
    if not (facts.clear or before_install):
        return None
    attached = facts.local.storage
    for instance in sorted(facts.model.storage.values(), key=lambda s: s.id):
        leaving = storage.leaves(instance, facts.unit)
        if instance.owner == facts.unit.name and leaving == (instance.id in attached):
            kind = "storage-detaching" if leaving else "storage-attached"
            return RunHook(Hook(kind=kind, storage=instance.id))
    return None


def _pending(facts: Facts) -> Step | None:
    """A hook that was started and has not committed: interrupted, or failed and to be retried."""
    local, unit = facts.local, facts.unit
    if local.progress != "pending" or local.hook is None:
        return None
    if not _has_subject(facts, local.hook):
        return Note("forget")
    if unit.resolve == "skip" or (unit.force_removal and local.failures):
        return Note("skip")
    if not local.failures or unit.resolve == "retry":
        return RunHook(_current(facts, local.hook))
    if facts.app.force_charm and facts.outdated:
        return Deploy()
    if not options.option(facts.model, "automatically-retry-hooks"):
        return Wait()
    if local.retry_at is None or local.retry_at <= facts.now:
        return RunHook(_current(facts, local.hook))
    return Wait(until=local.retry_at)


def _queued(facts: Facts) -> Step | None:
    local = facts.local
    if local.progress != "queued" or local.hook is None:
        return None
    if not _has_subject(facts, local.hook):
        return Note("forget")
    return RunHook(_current(facts, local.hook))


def _dying(facts: Facts) -> Step | None:
    if facts.alive:
        return None
    for relation in _relations.relations_of(facts):
        step = _relations.leave(facts, relation)
        if step is not None:
            return step
    if facts.local.started and not facts.local.stopped:
        return RunHook(Hook(kind="stop"))
    return RunHook(Hook(kind="remove"))


def _install(facts: Facts) -> Step | None:
    return None if facts.local.installed else RunHook(Hook(kind="install"))


def _upgrade(facts: Facts) -> Step | None:
    return Deploy() if facts.outdated else None


def _config(facts: Facts) -> Step | None:
    seen = config.config_hash(facts.model, facts.unit.name)
    if seen == facts.local.config_hash:
        return None
    return RunHook(Hook(kind="config-changed", config_hash=seen))


def _relation(facts: Facts) -> Step | None:
    for relation in _relations.relations_of(facts):
        if relation.life != "alive":
            step = _relations.leave(facts, relation)
        else:
            hook = next(_relations.news(facts, relation), None)
            step = RunHook(hook) if hook else None
        if step is not None:
            return step
    return None


def _update_status(facts: Facts) -> Step | None:
    due = facts.unit.next_update_status
    if due is None or due > facts.now or not options.update_status_interval(facts.model):
        return None
    return RunHook(Hook(kind="update-status"))


_RULES: tuple[Callable[[Facts], Step | None], ...] = (
    _gone,
    _silent,
    _rebooted,
    _deploy,
    _relation_created,
    _leadership,
    _secret,
    _task,
    _commands,
    _storage,
    _pending,
    _queued,
    _dying,
    _install,
    _upgrade,
    _config,
    _relation,
    _update_status,
)


def _has_subject(facts: Facts, hook: Hook) -> bool:
    """Whether what a hook speaks of is still there."""
    return (
        (hook.relation is None or hook.relation in facts.model.relations)
        and (hook.storage is None or hook.storage in facts.model.storage)
        and (hook.secret is None or hook.secret in facts.model.secrets)
    )


def _current(facts: Facts, hook: Hook) -> Hook:
    """A hook chosen before, with what the unit will see when it runs now."""
    if hook.kind == "config-changed":
        seen = config.config_hash(facts.model, facts.unit.name)
        return hook.model_copy(update={"config_hash": seen})
    if hook.relation is not None:
        relation = facts.model.relations[hook.relation]
        version = _relations.version(relation, hook.remote_unit or hook.remote_app or "")
        return hook.model_copy(update={"version": version})
    if hook.kind == "secret-changed" and hook.secret:
        return hook.model_copy(update={"version": facts.model.secrets[hook.secret].latest})
    return hook


def _next_deadline(facts: Facts) -> datetime | None:
    """When the next timer of an idle unit goes off."""
    timers = list(_secrets.timers(facts))
    if facts.unit.next_update_status and options.update_status_interval(facts.model):
        timers.append(facts.unit.next_update_status)
    return min(timers, default=None)
