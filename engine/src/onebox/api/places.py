# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Places: where a machine of a model lies on this host."""

from __future__ import annotations

import os
from pathlib import Path

from onebox.agents import Agents
from onebox.api.method import Methods
from onebox.errors import Refused
from onebox.machine import MachineRoom

method = Methods()


@method
def machine_root(agents: Agents, model: str, machine: str) -> str:
    """The directory that stands for the machine's `/`."""
    return os.fspath(_room(agents, model, machine).root)


@method
def machine_entry(agents: Agents, model: str, machine: str) -> list[str]:
    """What to put before a command so that it runs on the machine; empty when it is this host."""
    return list(_room(agents, model, machine).enter(Path("/root")))


def _room(agents: Agents, model: str, machine: str) -> MachineRoom:
    found = agents.engine.store.read(model)
    if machine not in found.machines:
        raise Refused(f'machine "{machine}" not found', "not-found")
    return MachineRoom.of(agents.engine.home, found, machine)
