# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Units: how they come, how they are asked to leave, and what goes with them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from onebox.changes import (
    actions,
    edit,
    leadership,
    machines,
    offers,
    options,
    relations,
    secrets,
)
from onebox.changes import storage as storages
from onebox.errors import Refused, known
from onebox.model import Application, Model, Unit


def add(
    model: Model,
    application: str,
    count: int,
    placement: Sequence[str],
    now: datetime,
    storage: Sequence[str] = (),
    prefix: str = "",
) -> Model:
    """The model with `count` more units, the first ones placed as `placement` says.

    Each has the existing `storage` from the start: so there is one, or none to attach.
    With `prefix` begins what is said of a machine that is not there.
    """
    edit.refuse_dying(model, application)
    if count and model.charm_of(application).subordinate:
        raise Refused(f'cannot add unit to application "{application}": it is a subordinate')
    if len(placement) > count:
        raise Refused("too many placement directives: there are more of them than units")
    for index in range(count):
        where = placement[index] if index < len(placement) else ""
        if where.isdecimal() and where not in model.machines:
            raise Refused(
                f'{prefix}making unit args: getting machine "{where}" for unit placement '
                f'directive: machine with name "{where}" does not exist',
                "not-found",
            )
        model = _add_one(model, application, where, now, storage)
    return leadership.elect(model, application)


def add_beside(model: Model, application: str, principal: Unit, now: datetime) -> Model:
    """The model with a subordinate unit on its principal's machine."""
    app = model.applications[application]
    name = f"{application}/{app.next_unit}"
    model = edit.put_application(model, app, next_unit=app.next_unit + 1)
    unit = _new(model, app, name, principal.machine, now)
    model = edit.put_unit(model, unit, principal=principal.name)
    return leadership.elect(storages.add_initial(model, name, now), application)


def remove(model: Model, name: str, force: bool, destroy_storage: bool = False) -> Model:
    """The model with a unit on its way out, and its storage from it."""
    unit = edit.unit(model, name)
    forced = unit.force_removal or force
    model = edit.put_unit(model, unit, life="dying", force_removal=forced)
    model = storages.release(model, name, destroy_storage)
    for subordinate in model.subordinates_of(name):
        model = remove(model, subordinate.name, force, destroy_storage)
    return leadership.elect(model, unit.application)


def remove_machine(model: Model, machine: str, force: bool) -> Model:
    """The model without a machine, or with all units on it and in it on their way out."""
    known(model.machines, "machine", machine)
    inside = [m for m in model.machines if m == machine or m.startswith(f"{machine}/")]
    there = [u.name for u in model.units.values() if u.machine in inside and not u.principal]
    if there and not force:
        raise Refused(f'machine {machine} has unit "{there[0]}" assigned')
    if hosted := ",".join(sorted({*inside} - {machine})) if not force else "":
        raise Refused(f'machine {machine} is hosting containers "{hosted}"')
    if not there:
        return edit.drop(model, "machines", *inside)
    for name in inside:
        # Nobody keeps them any more: they go with the last of their units.
        model = edit.put(model, "machines", name, edit.replace(model.machines[name], kept=False))
    for name in there:
        model = remove(model, name, force=True)
    return model


def resolve(model: Model, name: str, skip: bool) -> Model:
    """The model in which a failed hook is retried at once, or counts as done with `skip`."""
    unit = edit.unit(model, name)
    if not unit.local.failures:
        number = uuid5(NAMESPACE_URL, f"{model.uuid}/{name}")
        raise Refused(
            f'resolving unit: checking unit "{number}" status: unit is not in error state'
        )
    return edit.put_unit(model, unit, resolve="skip" if skip else "retry")


def gone(model: Model, name: str, now: datetime) -> Model:
    """The model without a unit that has run its last hook, and without all that was its own."""
    unit = model.units[name]
    for relation in model.relations_of(unit.application):
        model = relations.leave_scope(model, relation.id, name)
    model = storages.unit_gone(model, name, now)
    model = secrets.owner_gone(model, name)
    model = actions.unit_gone(model, name, now)
    model = edit.drop(model, "units", name)
    model = machines.drop_unused(model, unit.machine)
    model = leadership.elect(model, unit.application)
    for number in tuple(model.relations):
        model = relations.settle(model, number)
    return sweep(model)


def leave_scope(model: Model, number: int, name: str) -> Model:
    """The model with a unit out of a relation, and without what that was the last tie of."""
    return sweep(relations.leave_scope(model, number, name))


def sweep(model: Model) -> Model:
    """The model without dying and remote applications that nothing keeps any more."""
    for name, app in model.applications.items():
        if app.life != "alive":
            model = application_gone(model, name)
    return offers.sweep(model)


def application_gone(model: Model, name: str) -> Model:
    """The model without a dying application that has no unit left."""
    if model.applications[name].life == "alive" or model.units_of(name):
        return model
    for relation in model.relations_of(name):
        if relation.endpoint_of(name).role == "peer":
            model = relations.drop(model, relation.id)
        else:
            model = relations.settle(model, relation.id)
    if model.relations_of(name):
        # The other side still runs its last hooks of these; the last one of them ends us.
        return model
    model = secrets.owner_gone(model, name)
    return edit.drop(model, "applications", name)


def _add_one(
    model: Model, application: str, where: str, now: datetime, existing: Sequence[str]
) -> Model:
    app = model.applications[application]
    name = f"{application}/{app.next_unit}"
    wanted = f"{model.constraints} {app.constraints}".strip()
    model, machine = machines.place(model, where, app.base, now, constraints=wanted)
    model = edit.put_application(model, app, next_unit=app.next_unit + 1)
    model = edit.put(model, "units", name, _new(model, app, name, machine, now))
    return storages.add_initial(model, name, now, existing)


def _new(model: Model, app: Application, name: str, machine: str, now: datetime) -> Unit:
    return Unit(
        name=name,
        application=app.name,
        machine=machine,
        agent=edit.status("allocating", since=now),
        workload=edit.status("waiting", "installing agent", since=now),
        next_update_status=now + options.update_status_interval(model),
    )
