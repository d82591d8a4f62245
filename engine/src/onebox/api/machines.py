# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Machines: adding and removing them, where they lie on this host, their power and cables."""

import os
from pathlib import Path

from onebox.agents import Agents
from onebox.api.method import Methods, made, transact
from onebox.bases import parse_base
from onebox.changes import machines, units
from onebox.errors import Refused, known
from onebox.machine import MachineRoom
from onebox.model import Model
from onebox.nspawn import network
from onebox.nspawn.room import NspawnRoom
from onebox.rooms import demolish, room_of

method = Methods()


@method
def add_machine(
    agents: Agents,
    model: str,
    base: str = "ubuntu@24.04",
    constraints: str = "",
    placement: str = "",
) -> str:
    """A machine without units, or a container where `lxd:0` says; its id."""
    wanted, now = parse_base(base), agents.engine.now()
    return made(
        agents,
        model,
        lambda m: machines.place(m, placement, wanted, now, constraints=constraints, kept=True),
    )


@method
def remove_machine(agents: Agents, model: str, machine: str, force: bool = False) -> None:
    """The end of a machine: at once when it has no units, with the last of them by force."""

    def change(before: Model) -> tuple[Model, set[str]]:
        after = units.remove_machine(before, machine, force)
        return after, before.machines.keys() - after.machines.keys()

    for name in made(agents, model, change):
        demolish(agents.engine.home, agents.engine.store.read(model), name)


@method
def machine_root(agents: Agents, model: str, machine: str) -> str:
    """The directory that stands for the machine's `/`."""
    room = _room(agents, model, machine)
    if not isinstance(room, NspawnRoom):
        # A machine that no unit has come to yet has no directory either.
        room.root.mkdir(parents=True, exist_ok=True)
    return os.fspath(room.root)


@method
def machine_entry(agents: Agents, model: str, machine: str) -> list[str]:
    """What to put before a command so that it runs on the machine; empty when it is this host."""
    return list(_room(agents, model, machine).enter(Path("/root")))


@method
def power_machine(agents: Agents, model: str, machine: str, on: bool) -> None:
    """Pulls the plug of a machine that boots, or starts one that is down."""
    room = _booting(agents, model, machine)
    if on:
        room.container.forget()
        transact(agents, model, lambda m: machines.found(m, machine))
    else:
        room.lose()
        transact(agents, model, lambda m: machines.lost(m, machine))


@method
def cable_machine(agents: Agents, model: str, machine: str, plugged: bool) -> None:
    """Cuts a machine that boots off the network, or joins it again."""
    network.cut(_booting(agents, model, machine).address, off=not plugged)


def _booting(agents: Agents, model: str, machine: str) -> NspawnRoom:
    room = _room(agents, model, machine)
    if not isinstance(room, NspawnRoom):
        raise Refused(
            f"machine {machine} has no power and no cable of its own; "
            "juju add-model NAME --config machine-backend=nspawn makes such machines"
        )
    return room


def _room(agents: Agents, model: str, machine: str) -> MachineRoom:
    found = agents.engine.store.read(model)
    known(found.machines, "machine", machine)
    return room_of(agents.engine.home, found, machine)
