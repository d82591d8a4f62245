# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What units have been told so far: small edits of their `Local`."""

from onebox.changes import edit
from onebox.model import Hook, Local, Model, Unit

# Workload statuses that the agent sets while the charm has not spoken.
INSTALLING = ("maintenance", "installing charm software")
INITIALISING = ("waiting", "agent initialising")
SILENT = (("waiting", "installing agent"), INITIALISING, INSTALLING)


def spoken(unit: Unit) -> tuple[str, str]:
    """The unit's workload status and message."""
    return unit.workload.current, unit.workload.message


def queue(local: Local, hook: Hook) -> Local:
    """What the unit knows, with a hook that must run next."""
    return edit.replace(local, progress="queued", hook=hook)


def put(model: Model, name: str, **fields: object) -> Model:
    """The model with other fields of what a unit knows."""
    unit = model.units[name]
    return edit.put_unit(model, unit, local=edit.replace(unit.local, **fields))


def rebooted(model: Model, machine: str) -> Model:
    """The model after a machine came up again: its started units run `start` first of all."""
    for unit in model.units.values():
        if unit.machine == machine and unit.local.started:
            model = put(model, unit.name, rebooted=True)
    return model
