# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Places: where a machine of a model lies on this host."""

from __future__ import annotations

import os
from pathlib import Path

from onebox.agents import Agents
from onebox.api.method import Methods, transact
from onebox.changes import machines
from onebox.errors import Refused
from onebox.machine import MachineRoom
from onebox.nspawn import network
from onebox.nspawn.room import NspawnRoom

method = Methods()


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
    if machine not in found.machines:
        raise Refused(f'machine "{machine}" not found', "not-found")
    return MachineRoom.of(agents.engine.home, found, machine)
