# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Machines: their numbers, addresses and names, and when they are no longer needed."""

from datetime import datetime

from onebox.changes import edit, leadership, told
from onebox.errors import Refused, known
from onebox.model import Base, Machine, Model

# The last number of the addresses below a model's network that machines may have.
_FIRST, _LAST = 1, 250


def place(
    model: Model,
    placement: str,
    base: Base,
    now: datetime,
    *,
    constraints: str = "",
    kept: bool = False,
) -> tuple[Model, str]:
    """The machine that a placement directive names; made when it asks for a new one."""

    def make(model: Model, name: str) -> tuple[Model, str]:
        return _make(model, name, base, now, constraints, kept), name

    kind, _, parent = placement.partition(":")
    if placement in ("", "new"):
        model, number = edit.next_number(model, "machine")
        return make(model, str(number))
    if kind in ("lxd", "kvm"):
        if not parent or parent == "new":
            model, number = edit.next_number(model, "machine")
            model, parent = make(model, str(number))
        known(model.machines, "machine", parent)
        model, number = edit.next_number(model, f"machine-{parent}/{kind}")
        return make(model, f"{parent}/{kind}/{number}")
    known(model.machines, "machine", placement)
    return model, placement


def annotate(model: Model, name: str, annotations: dict[str, str]) -> Model:
    """The model with more notes on a machine, which mean nothing to the engine."""
    machine = known(model.machines, "machine", name)
    notes = {**machine.annotations, **annotations}
    return edit.put(model, "machines", name, edit.replace(machine, annotations=notes))


def lost(model: Model, name: str) -> Model:
    """The model when a machine has gone down: others lead where its units led."""
    return _powered(model, name, down=True)


def found(model: Model, name: str) -> Model:
    """The model when a lost machine comes up again: its units run `start` first of all."""
    return told.rebooted(_powered(model, name, down=False), name)


def _powered(model: Model, name: str, *, down: bool) -> Model:
    machine = edit.replace(known(model.machines, "machine", name), down=down)
    model = edit.put(model, "machines", name, machine)
    for application in sorted({u.application for u in model.units.values() if u.machine == name}):
        model = leadership.elect(model, application)
    return model


def drop_unused(model: Model, *candidates: str) -> Model:
    """The model without those machines that no unit needs and nobody asked to keep.

    A machine that goes may have been the last container of another, which then goes, too.
    """
    names = {*candidates, *map(_host, candidates)} if candidates else set(model.machines)
    used = {u.machine for u in model.units.values()} | {_host(m) for m in model.machines}
    kept = {m.id for m in model.machines.values() if m.kept}
    unused = (names & model.machines.keys()) - used - kept
    if not unused:
        return model
    return drop_unused(edit.drop(model, "machines", *sorted(unused)), *candidates)


def _host(machine: str) -> str:
    """The machine that a container such as `0/lxd/1` is in; empty for one that is none."""
    return machine.rpartition("/")[0].rpartition("/")[0]


def _make(
    model: Model, name: str, base: Base, now: datetime, constraints: str, kept: bool
) -> Model:
    machine = Machine(
        id=name,
        address=_address(model),
        hostname=f"juju-{model.uuid[-6:]}-{name.replace('/', '-')}",
        base=base,
        since=now,
        constraints=constraints,
        kept=kept,
    )
    return edit.put(model, "machines", name, machine)


def _address(model: Model) -> str:
    """A free address, not one that was free only a moment ago if it can be helped."""
    taken = {m.address for m in model.machines.values()}
    start = model.sequences.get("machine", 1) - 1
    span = _LAST - _FIRST + 1
    for offset in range(span):
        address = f"{model.network}.{_FIRST + (start + offset) % span}"
        if address not in taken:
            return address
    raise Refused(f"no address is left for another machine: {span} are in use; remove units")
