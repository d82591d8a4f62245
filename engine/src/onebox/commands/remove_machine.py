# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes machines that have no units, or with their units by force.

Examples:
    juju remove-machine 3
    juju remove-machine 3 --force --dry-run
"""

from typing import Any

from onebox.commands import _removal
from onebox.commands._call import Call
from onebox.commands._removal import Kind, storage_lines
from onebox.flags import switch, takes

KEEP = switch("keep-instance", help="Do not stop the running cloud instance; ignored")

FLAGS = (*_removal.FLAGS, KEEP)
TAKES = takes("<machine number> ...", "no machines specified")


def _units(model: dict[str, Any], machine: str) -> list[str]:
    """The units on a machine and in its containers."""
    units = model["units"].values()
    return [u["name"] for u in units if f"{u['machine']}/".startswith(f"{machine}/")]


def _lines(model: dict[str, Any], machine: str, destroys: bool) -> str:
    units = _units(model, machine)
    listed = "".join(f"- will remove unit {name}\n" for name in units)
    return f"will remove machine {machine}\n{listed}{storage_lines(model, units, destroys)}"


_KIND = Kind(
    noun="machine",
    invalid='invalid machine id "{}"',
    failed="removing machine failed",
    lines=_lines,
    remark=lambda model, names: (
        "\nThis will require `--force`" if any(_units(model, name) for name in names) else ""
    ),
)


def run(call: Call) -> int:
    """Say what goes and remove it."""
    return _removal.remove(call, _KIND)
