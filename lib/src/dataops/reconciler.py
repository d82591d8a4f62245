# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One road for all events: whatever wakes a charm, one handler observes, plans and applies."""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import ops

_LIFECYCLE = (
    "install",
    "start",
    "config_changed",
    "leader_elected",
    "upgrade_charm",
    "update_status",
    "stop",
    "remove",
    "secret_changed",
    "secret_expired",
    "secret_rotate",
)
_RELATION = (
    "relation_created",
    "relation_joined",
    "relation_changed",
    "relation_departed",
    "relation_broken",
)
_STORAGE = ("storage_attached", "storage_detaching")

Handler = Callable[[Any], None]


@dataclasses.dataclass(frozen=True)
class Leaving:
    """What this event takes away; false when it takes nothing.

    Attributes:
        hook: the hook's kind, such as ``stop`` or ``relation-broken``; empty when nothing leaves.
        relation_id: the relation that is broken or that a unit departs from.
        departing: the name of the unit that departs from that relation, such as ``kafka/2``.
        storage: the name of the storage that is detaching, such as ``data``.
    """

    hook: str = ""
    relation_id: int | None = None
    departing: str | None = None
    storage: str | None = None

    def __bool__(self) -> bool:
        return bool(self.hook)

    @property
    def unit(self) -> bool:
        """Whether this unit itself ends: ``stop`` or ``remove``."""
        return self.hook in ("stop", "remove")

    @property
    def broken(self) -> int | None:
        """The id of the relation that is broken, if this event breaks one."""
        return self.relation_id if self.hook == "relation-broken" else None


def observe_all(
    charm: ops.CharmBase,
    handler: Handler,
    *,
    extra: Iterable[ops.BoundEvent] = (),
    drop_revisions: bool = True,
) -> None:
    """Call ``handler(event)`` once for every hook; not for actions and collect-status.

    Nor for ``secret-remove``, whose hook does nothing but remove that revision: until it ends,
    Juju takes the whole secret for removed. It refuses to grant it, does not find it by its label,
    and of a change of it and the removal only the later one is carried out.

    Make the objects of libraries that observe events themselves before this call: they then have
    done their part when the handler reads the world.

    Args:
        charm: the charm whose events to observe.
        handler: a method of the charm.
        extra: events of such libraries, to be handled as well.
        drop_revisions: remove each secret revision that nobody reads any more. Say False beside
            a library that does so itself (tls-certificates does).
    """
    for event in (*_hooks(charm), *extra):
        charm.framework.observe(event, handler)
    if drop_revisions:
        # The framework keeps only weak references to observers: the charm has to hold this one.
        charm.__dict__["_revisions"] = _Revisions(charm)


def leaving(event: ops.EventBase) -> Leaving:
    """What the event takes away, if it is a departure."""
    match event:
        case ops.StopEvent():
            return Leaving("stop")
        case ops.RemoveEvent():
            return Leaving("remove")
        case ops.StorageDetachingEvent():
            return Leaving("storage-detaching", storage=event.storage.name)
        case ops.RelationBrokenEvent():
            return Leaving("relation-broken", relation_id=event.relation.id)
        case ops.RelationDepartedEvent():
            unit = event.departing_unit
            name = unit.name if unit else None
            return Leaving("relation-departed", relation_id=event.relation.id, departing=name)
        case _:
            return Leaving()


def _hooks(charm: ops.CharmBase) -> Iterable[ops.BoundEvent]:
    for name in _LIFECYCLE:
        yield getattr(charm.on, name)
    for endpoint in charm.meta.relations:
        for name in _RELATION:
            yield getattr(charm.on[endpoint], name)
    for storage in charm.meta.storages:
        for name in _STORAGE:
            yield getattr(charm.on[storage], name)


class _Revisions(ops.Object):
    """Removes the secret revisions that no consumer tracks any more."""

    def __init__(self, charm: ops.CharmBase) -> None:
        super().__init__(charm, "dataops-revisions")
        self.framework.observe(charm.on.secret_remove, self._on_secret_remove)

    def _on_secret_remove(self, event: ops.SecretRemoveEvent) -> None:
        event.remove_revision()
