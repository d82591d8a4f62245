# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Storage instances: made with a unit or on its request, gone with it unless they are detached."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from onebox import directives, persona
from onebox.changes import edit
from onebox.directives import Directive
from onebox.errors import Refused, known
from onebox.model import Model, Storage, StorageSpec, Unit

DEFAULT_SIZE = 1024
ROOT = "/var/lib/juju/storage"


def add_initial(model: Model, unit: str, now: datetime, existing: Iterable[str] = ()) -> Model:
    """The model with what a new unit's charm needs before it can be installed.

    What is `existing` counts as a part of that.
    """
    for id_ in existing:
        model = attach(model, id_, unit, now)
    application = model.units[unit].application
    asked = model.applications[application].storage
    for spec in model.charm_of(application).storage.values():
        wish = _asked(asked, spec.name)
        count = spec.minimum if wish.count is None else wish.count
        missing = count - sum(s.name == spec.name for s in of_unit(model, unit))
        if missing > 0:
            model = add(model, unit, spec.name, missing, now)
    return model


def refuse_unknown_pool(prefix: str, name: str, wish: Directive) -> None:
    """Refuse a directive whose pool nobody knows."""
    if wish.pool and wish.pool not in persona.POOLS:
        wrong = f'storage directive "{name}" references unknown storage pool "{wish.pool}"'
        raise Refused(prefix + wrong, "not-found")


def _asked(given: Mapping[str, str], name: str) -> Directive:
    """What an application was deployed with for one storage."""
    return directives.read(given[name]) if given.get(name) else Directive()


def add(
    model: Model, unit: str, name: str, count: int, now: datetime, wish: Directive | None = None
) -> Model:
    """The model with more instances of one storage.

    They have the size and pool of a `wish`, else those that the application was deployed with.

    Raises:
        Refused: they are more than the charm supports.
    """
    owner = edit.unit(model, unit)
    spec = _spec(model, owner, name, count)
    usual = _asked(model.applications[owner.application].storage, name)
    pool = (wish and wish.pool) or usual.pool or persona.POOL
    size = (wish and wish.size) or usual.size or spec.size or DEFAULT_SIZE
    for _ in range(count):
        model = _add_one(model, owner, spec, now, pool, size)
    return model


def _spec(model: Model, unit: Unit, name: str, more: int) -> StorageSpec:
    """What a unit's charm says of a storage; Refused when it does not support so many more."""
    charm = model.charm_of(unit.application)
    spec = known(charm.storage, "charm storage", name)
    total = more + sum(s.name == name for s in of_unit(model, unit.name))
    if spec.maximum is not None and total > spec.maximum:
        raise Refused(
            f'charm "{charm.name}" store "{name}": '
            f"at most {spec.maximum} instances supported, {total} specified"
        )
    return spec


def _instance(model: Model, id_: str) -> Storage:
    if id_ not in model.storage:
        raise Refused(f'storage "{id_}" does not exist', "not-found")
    return model.storage[id_]


def attach(model: Model, id_: str, unit: str, now: datetime) -> Model:
    """The model with a detached instance in the hands of a unit; the same when it has it."""
    instance, owner = _instance(model, id_), edit.unit(model, unit)
    if instance.owner == unit:
        return model
    if instance.owner:
        raise Refused(f'storage "{id_}" is already attached to unit "{instance.owner}"')
    location = _location(model, owner, _spec(model, owner, instance.name, 1), id_)
    attached = edit.replace(instance, owner=unit, location=location, since=now)
    return edit.put(model, "storage", id_, attached)


def _add_one(
    model: Model, unit: Unit, spec: StorageSpec, now: datetime, pool: str, size: int
) -> Model:
    # Juju counts all instances of a model together: data/0, logs/1, data/2.
    model, number = edit.next_number(model, "storage")
    id_ = f"{spec.name}/{number}"
    instance = Storage(
        id=id_,
        name=spec.name,
        kind=spec.type,
        owner=unit.name,
        location=_location(model, unit, spec, id_),
        pool=pool,
        size=size,
        since=now,
    )
    return edit.put(model, "storage", id_, instance)


def _location(model: Model, unit: Unit, spec: StorageSpec, id_: str) -> str:
    """Where the charm asked for it, unless another unit of the machine has that place."""
    here = [u.name for u in model.units.values() if u.machine == unit.machine]
    taken = {s.location for s in model.storage.values() if s.owner in here}
    wanted = f"{spec.location.rstrip('/')}/{id_}" if spec.multiple else spec.location
    return f"{ROOT}/{id_}" if not spec.location or wanted in taken else wanted


def of_unit(model: Model, unit: str) -> list[Storage]:
    """The instances of one unit in order of their ids."""
    found = (s for s in model.storage.values() if s.owner == unit)
    return sorted(found, key=lambda s: s.id)


def keeps(instance: Storage) -> bool:
    """Whether an instance outlives its unit."""
    return instance.life == "alive" and (instance.detaching or persona.detachable(instance.pool))


def leaves(instance: Storage, unit: Unit) -> bool:
    """Whether an instance is on its way from its unit."""
    return instance.detaching or instance.life != "alive" or unit.life != "alive"


def release(model: Model, unit: str, destroy: bool) -> Model:
    """The model with all storage of a leaving unit on its way out.

    What lies on the unit's machine cannot outlive it; the rest is only detached, or destroyed too.
    """
    for instance in of_unit(model, unit):
        stays = not destroy and keeps(instance)
        change = {"detaching": True} if stays else {"life": "dying"}
        model = edit.put(model, "storage", instance.id, edit.replace(instance, **change))
    return model


def detach(model: Model, id_: str, now: datetime) -> Model:
    """The model with one instance on its way from its unit."""
    instance = _instance(model, id_)
    if not instance.owner:
        raise Refused(f'storage "{id_}" is not attached')
    return _settled(model, edit.replace(instance, detaching=True), now)


def remove(model: Model, id_: str, now: datetime) -> Model:
    """The model with one instance on its way out of it."""
    return _settled(model, edit.replace(_instance(model, id_), life="dying"), now)


def _settled(model: Model, instance: Storage, now: datetime) -> Model:
    """The model with an instance that is leaving; at once if its unit has not heard of it."""
    model = edit.put(model, "storage", instance.id, instance)
    local = model.units[instance.owner].local if instance.owner else None
    hook = local.hook.storage if local and local.hook else None
    if local and (instance.id in local.storage or hook == instance.id):
        return model
    return detached(model, instance.id, now)


def detached(model: Model, id_: str, now: datetime) -> Model:
    """The model after an instance's detaching hook has run, or where there was no need for it.

    One that a leaving unit leaves behind is its own until the unit is gone.
    """
    instance = model.storage.get(id_)
    if instance is None or not keeps(instance):
        return edit.drop(model, "storage", id_)
    if instance.owner and model.units[instance.owner].life != "alive":
        return model
    return _alone(model, instance, now)


def unit_gone(model: Model, unit: str, now: datetime) -> Model:
    """The model without what a unit had, but for what it leaves behind."""
    for instance in of_unit(model, unit):
        stays = keeps(instance)
        model = _alone(model, instance, now) if stays else edit.drop(model, "storage", instance.id)
    return model


def _alone(model: Model, instance: Storage, now: datetime) -> Model:
    alone = edit.replace(instance, owner="", detaching=False, since=now)
    return edit.put(model, "storage", instance.id, alone)
