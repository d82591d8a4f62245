# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit does next: Juju's order of precedence, as a table of rules.

Pure: the model and the time go in, one step comes out. What a step leaves behind is told by
`onebox.changes.hooks`. Asking again without having done the step gives the same step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from onebox.changes import actions, config, options, secrets
from onebox.model import Application, Hook, Local, Model, Relation, RelationSeen, Secret, Unit


@dataclass(frozen=True)
class RunHook:
    """Start the charm for this hook."""

    hook: Hook


@dataclass(frozen=True)
class RunTask:
    """Run an action, or a `juju exec` script."""

    id: int


@dataclass(frozen=True)
class RunCommands:
    """Run what a process of the unit asked for with `juju-exec`."""


@dataclass(frozen=True)
class Deploy:
    """Put the files of the application's charm in place."""


@dataclass(frozen=True)
class Note:
    """Write something down; no process runs."""

    what: Literal["resign", "leave", "forget", "skip"]
    relation: int | None = None


@dataclass(frozen=True)
class Destroy:
    """End everything of the unit: it has run its last hook."""


@dataclass(frozen=True)
class Wait:
    """Nothing to do before `until`, or before the model changes."""

    until: datetime | None = None


Step = RunHook | RunTask | RunCommands | Deploy | Note | Destroy | Wait


@dataclass(frozen=True)
class _Facts:
    """One unit in its model, at one moment."""

    model: Model
    unit: Unit
    app: Application
    now: datetime
    commands: bool

    @property
    def local(self) -> Local:
        return self.unit.local

    @property
    def alive(self) -> bool:
        return self.unit.life == "alive"

    @property
    def clear(self) -> bool:
        """Whether no hook is queued, failed or interrupted."""
        return self.local.progress == "continue"

    @property
    def ready(self) -> bool:
        """Whether the unit takes up new kinds of hooks: installed, alive, nothing outstanding."""
        return self.local.installed and self.alive and self.clear

    @property
    def outdated(self) -> bool:
        """Whether the application has another charm, or other resources, than the unit."""
        seen = (self.local.charm_url, self.local.charm_modified)
        return seen != (self.app.charm_url, self.app.charm_modified)


def next_step(model: Model, unit: str, now: datetime, *, commands: bool = False) -> Step:
    """The one step that a unit takes next.

    Args:
        model: the model as it is.
        unit: the unit's name.
        now: the time, for retries and timers.
        commands: whether a process of the unit waits for its `juju-exec`.
    """
    owner = model.units[unit]
    facts = _Facts(model, owner, model.applications[owner.application], now, commands)
    for rule in _RULES:
        step = rule(facts)
        if step is not None:
            return step
    return Wait(until=_next_deadline(facts))


def _gone(facts: _Facts) -> Step | None:
    never = not facts.alive and not facts.local.installed and facts.local.progress != "pending"
    return Destroy() if facts.local.removed or never else None


def _rebooted(facts: _Facts) -> Step | None:
    local = facts.local
    due = local.rebooted and local.started and facts.alive and facts.clear
    return RunHook(Hook(kind="start")) if due else None


def _deploy(facts: _Facts) -> Step | None:
    return Deploy() if facts.local.upgrading or not facts.local.charm_url else None


def _relation_created(facts: _Facts) -> Step | None:
    if not facts.ready:
        return None
    for relation in _relations(facts):
        if relation.life == "alive" and relation.id not in facts.local.relations:
            return RunHook(_hook(facts, relation, "relation-created"))
    return None


def _leadership(facts: _Facts) -> Step | None:
    leads = facts.app.leader == facts.unit.name
    if facts.local.leader and not leads:
        return Note("resign")
    due = leads and facts.ready and not facts.local.leader
    return RunHook(Hook(kind="leader-elected")) if due else None


def _secrets(facts: _Facts) -> Step | None:
    hook = next(_secret_hooks(facts), None) if facts.ready and facts.model.secrets else None
    return RunHook(hook) if hook else None


def _task(facts: _Facts) -> Step | None:
    task = actions.next_task(facts.model, facts.unit.name) if _interruptible(facts) else None
    return RunTask(task.id) if task else None


def _commands(facts: _Facts) -> Step | None:
    return RunCommands() if facts.commands and _interruptible(facts) else None


def _interruptible(facts: _Facts) -> bool:
    """Whether actions may run: a queued hook keeps its place, a failed one lets them pass."""
    return facts.local.progress == "pending" or (facts.clear and facts.local.installed)


def _storage(facts: _Facts) -> Step | None:
    before_install = not facts.local.installed and facts.local.progress == "queued"
    if not (facts.clear or before_install):
        return None
    attached = facts.local.storage
    for instance in sorted(facts.model.storage.values(), key=lambda s: s.id):
        leaving = instance.life != "alive" or not facts.alive
        if instance.owner == facts.unit.name and leaving == (instance.id in attached):
            kind = "storage-detaching" if leaving else "storage-attached"
            return RunHook(Hook(kind=kind, storage=instance.id))
    return None


def _pending(facts: _Facts) -> Step | None:
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


def _queued(facts: _Facts) -> Step | None:
    local = facts.local
    if local.progress != "queued" or local.hook is None:
        return None
    if not _has_subject(facts, local.hook):
        return Note("forget")
    return RunHook(_current(facts, local.hook))


def _dying(facts: _Facts) -> Step | None:
    if facts.alive:
        return None
    for relation in _relations(facts):
        step = _leave(facts, relation)
        if step is not None:
            return step
    if facts.local.started and not facts.local.stopped:
        return RunHook(Hook(kind="stop"))
    return RunHook(Hook(kind="remove"))


def _install(facts: _Facts) -> Step | None:
    return None if facts.local.installed else RunHook(Hook(kind="install"))


def _upgrade(facts: _Facts) -> Step | None:
    return Deploy() if facts.outdated else None


def _config(facts: _Facts) -> Step | None:
    seen = config.config_hash(facts.model, facts.unit.name)
    if seen == facts.local.config_hash:
        return None
    return RunHook(Hook(kind="config-changed", config_hash=seen))


def _relation(facts: _Facts) -> Step | None:
    for relation in _relations(facts):
        if relation.life != "alive":
            step = _leave(facts, relation)
        else:
            hook = next(_relation_hooks(facts, relation), None)
            step = RunHook(hook) if hook else None
        if step is not None:
            return step
    return None


def _update_status(facts: _Facts) -> Step | None:
    due = facts.unit.next_update_status
    if due is None or due > facts.now or not options.update_status_interval(facts.model):
        return None
    return RunHook(Hook(kind="update-status"))


_RULES: tuple[Callable[[_Facts], Step | None], ...] = (
    _gone,
    _rebooted,
    _deploy,
    _relation_created,
    _leadership,
    _secrets,
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


# -- relations ---------------------------------------------------------------------------------


def _relations(facts: _Facts) -> list[Relation]:
    """The relations that give the unit hooks: those with others before those with peers."""
    found = [
        r
        for r in facts.model.relations_of(facts.app.name)
        # The provider of the implicit endpoint runs no hooks for it.
        if (end := r.endpoint_of(facts.app.name)).role != "provider" or end.name != "juju-info"
    ]
    return sorted(found, key=lambda r: (len(r.endpoints) == 1, r.id))


def _leave(facts: _Facts, relation: Relation) -> Step | None:
    """The next step out of a relation: all members depart, then it breaks for this unit."""
    seen = facts.local.relations.get(relation.id)
    if seen is None or len(relation.endpoints) == 1:
        if seen is not None and seen.joined:
            return RunHook(_departed(facts, relation, min(seen.joined)))
        return Note("leave", relation.id) if facts.unit.name in relation.scope else None
    if seen.broken:
        return None
    if seen.joined:
        return RunHook(_departed(facts, relation, min(seen.joined)))
    return RunHook(_hook(facts, relation, "relation-broken"))


def _relation_hooks(facts: _Facts, relation: Relation) -> Iterator[Hook]:
    """What the unit has not been told of a living relation, in Juju's order."""
    seen = facts.local.relations.get(relation.id, RelationSeen())
    members = _members(facts, relation)
    for name in sorted(seen.joined.keys() - members):
        yield _departed(facts, relation, name)
    remote = relation.applications.get(relation.other(facts.app.name).application)
    if remote is not None and remote.version != seen.application:
        yield _hook(facts, relation, "relation-changed")
    for name in sorted(members - seen.joined.keys()):
        yield _hook(facts, relation, "relation-joined", name)
    for name in sorted(seen.joined):
        if _version(relation, name) != seen.joined[name]:
            yield _hook(facts, relation, "relation-changed", name)


def _members(facts: _Facts, relation: Relation) -> frozenset[str]:
    other = relation.other(facts.app.name).application
    mine = facts.unit.name
    return frozenset(u for u in relation.scope if u != mine and u.partition("/")[0] == other)


def _version(relation: Relation, owner: str) -> int:
    bags = relation.units if "/" in owner else relation.applications
    return bags[owner].version if owner in bags else 0


def _hook(facts: _Facts, relation: Relation, kind: str, remote: str | None = None) -> Hook:
    application = relation.other(facts.app.name).application
    return Hook(
        kind=kind,
        relation=relation.id,
        remote_unit=remote,
        remote_app=application,
        version=_version(relation, remote or application),
    )


def _departed(facts: _Facts, relation: Relation, remote: str) -> Hook:
    leaving = not facts.alive or facts.app.life != "alive"
    hook = _hook(facts, relation, "relation-departed", remote)
    return hook.model_copy(update={"departing_unit": facts.unit.name if leaving else remote})


# -- hooks that were chosen before -------------------------------------------------------------


def _has_subject(facts: _Facts, hook: Hook) -> bool:
    """Whether what a hook speaks of is still there."""
    return (
        (hook.relation is None or hook.relation in facts.model.relations)
        and (hook.storage is None or hook.storage in facts.model.storage)
        and (hook.secret is None or hook.secret in facts.model.secrets)
    )


def _current(facts: _Facts, hook: Hook) -> Hook:
    """A hook chosen before, with what the unit will see when it runs now."""
    if hook.kind == "config-changed":
        seen = config.config_hash(facts.model, facts.unit.name)
        return hook.model_copy(update={"config_hash": seen})
    if hook.relation is not None:
        relation = facts.model.relations[hook.relation]
        version = _version(relation, hook.remote_unit or hook.remote_app or "")
        return hook.model_copy(update={"version": version})
    if hook.kind == "secret-changed" and hook.secret:
        return hook.model_copy(update={"version": facts.model.secrets[hook.secret].latest})
    return hook


# -- secrets -----------------------------------------------------------------------------------


def _secret_hooks(facts: _Facts) -> Iterator[Hook]:
    """What the unit has not been told of secrets: expired, rotate, changed, remove."""
    owned = _owned(facts)
    for secret in owned:
        for number in _expired(facts, secret):
            yield _secret_hook("secret-expired", secret, secret.label, revision=number)
    for secret in owned:
        if secret.rotates is not None and secret.rotates <= facts.now:
            yield _secret_hook("secret-rotate", secret, secret.label)
    yield from _changed_secrets(facts)
    for secret in owned:
        for number in secrets.obsolete(secret):
            if f"{secret.id}/{number}" not in facts.local.secrets_removed:
                yield _secret_hook("secret-remove", secret, secret.label, revision=number)


def _owned(facts: _Facts) -> list[Secret]:
    owners = {facts.unit.name}
    if facts.app.leader == facts.unit.name:
        owners.add(facts.app.name)
    return [s for s in facts.model.secrets.values() if s.owner in owners]


def _expired(facts: _Facts, secret: Secret) -> Iterator[int]:
    for number, revision in sorted(secret.revisions.items()):
        again = facts.local.secrets_expired.get(f"{secret.id}/{number}")
        due = revision.expires is not None and revision.expires <= facts.now
        if due and (again is None or again <= facts.now):
            yield number


def _changed_secrets(facts: _Facts) -> Iterator[Hook]:
    for secret in facts.model.secrets.values():
        record = secret.consumers.get(facts.unit.name)
        if record is None:
            continue
        told = max(facts.local.secrets.get(secret.id, 0), record.tracked)
        if secret.latest > told:
            mine = secret.owner in (facts.unit.name, facts.app.name)
            label = record.label or (secret.label if mine else "")
            hook = _secret_hook("secret-changed", secret, label)
            yield hook.model_copy(update={"version": secret.latest})


def _secret_hook(kind: str, secret: Secret, label: str, revision: int | None = None) -> Hook:
    return Hook(kind=kind, secret=secret.id, secret_label=label, secret_revision=revision)


# -- time --------------------------------------------------------------------------------------


def _next_deadline(facts: _Facts) -> datetime | None:
    """When the next timer of an idle unit goes off."""
    timers = list(_secret_timers(facts))
    if facts.unit.next_update_status and options.update_status_interval(facts.model):
        timers.append(facts.unit.next_update_status)
    return min(timers, default=None)


def _secret_timers(facts: _Facts) -> Iterator[datetime]:
    for secret in _owned(facts):
        if secret.rotates is not None:
            yield secret.rotates
        for number, revision in secret.revisions.items():
            if revision.expires is not None:
                again = facts.local.secrets_expired.get(f"{secret.id}/{number}")
                yield again or revision.expires
