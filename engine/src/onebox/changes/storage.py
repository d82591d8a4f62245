# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Storage instances: made with a unit or on its request, gone with it."""

import re
from dataclasses import dataclass
from datetime import datetime

from onebox.changes import edit
from onebox.errors import Refused, known
from onebox.model import Model, Storage, StorageSpec, Unit
from onebox.sizes import mebibytes

DEFAULT_SIZE = 1024
ROOT = "/var/lib/juju/storage"


@dataclass(frozen=True)
class Directive:
    """What `--storage data=2,10G` asks for; size in MiB, None where it does not say."""

    pool: str = ""
    count: int | None = None
    size: int | None = None


def directive(text: str) -> Directive:
    """A storage directive `[pool,][count,][size]`, in any order; Refused when it is none."""
    pool, count, size = "", None, None
    for part in (p.strip() for p in text.split(",") if p.strip()):
        if part.isdecimal():
            count = int(part)
        elif (found := mebibytes(part)) is not None:
            size = found
        elif not pool and re.fullmatch(r"[a-zA-Z][a-zA-Z0-9-]*", part):
            pool = part
        else:
            raise Refused(f'cannot parse storage constraints: unrecognized "{part}" in "{text}"')
    return Directive(pool, count, size)


def add_initial(model: Model, unit: str, now: datetime) -> Model:
    """The model with what a new unit's charm needs before it can be installed."""
    application = model.units[unit].application
    asked = model.applications[application].storage
    for spec in model.charm_of(application).storage.values():
        wish = directive(asked.get(spec.name, ""))
        count = spec.minimum if wish.count is None else wish.count
        if count:
            model = add(model, unit, spec.name, count, now, size=wish.size)
    return model


def add(
    model: Model, unit: str, name: str, count: int, now: datetime, *, size: int | None = None
) -> Model:
    """The model with more instances of one storage; Refused beyond what the charm supports."""
    owner = edit.unit(model, unit)
    charm = model.charm_of(owner.application)
    spec = known(charm.storage, "charm storage", name)
    total = count + sum(s.name == name for s in of_unit(model, unit))
    if spec.maximum is not None and total > spec.maximum:
        raise Refused(
            f'charm "{charm.name}" store "{name}": '
            f"at most {spec.maximum} instances supported, {total} specified"
        )
    for _ in range(count):
        model = _add_one(model, owner, spec, now, size or spec.size or DEFAULT_SIZE)
    return model


def _add_one(model: Model, unit: Unit, spec: StorageSpec, now: datetime, size: int) -> Model:
    # Juju counts all instances of a model together: data/0, logs/1, data/2.
    model, number = edit.next_number(model, "storage")
    id_ = f"{spec.name}/{number}"
    instance = Storage(
        id=id_,
        name=spec.name,
        kind=spec.type,
        owner=unit.name,
        location=_location(model, unit, spec, id_),
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


def release(model: Model, unit: str) -> Model:
    """The model with all storage of a leaving unit on its way out.

    It lies on the unit's machine and cannot outlive it, like any that Juju calls not persistent.
    """
    for instance in of_unit(model, unit):
        model = edit.put(model, "storage", instance.id, edit.replace(instance, life="dying"))
    return model


def detach(model: Model, id_: str) -> Model:
    """The model with one instance on its way out."""
    leaving = edit.replace(known(model.storage, "storage", id_), life="dying")
    return edit.put(model, "storage", id_, leaving)


def remove(model: Model, id_: str) -> Model:
    """The model without one instance: its detaching hook has run, or it never was attached."""
    return edit.drop(model, "storage", id_)


def unit_gone(model: Model, unit: str) -> Model:
    """The model without what a unit had; it leaves nothing behind."""
    return edit.drop(model, "storage", *(s.id for s in of_unit(model, unit)))
