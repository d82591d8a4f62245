# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes applications with their units and relations; every unit runs its last hooks first.

Examples:
    juju remove-application data-access
    juju remove-application kafka --destroy-storage --no-prompt
"""

from typing import Any

from onebox.commands import _removal
from onebox.commands._call import Call
from onebox.commands._removal import DESTROY, Kind, storage_lines
from onebox.flags import takes

FLAGS = (*_removal.FLAGS, DESTROY)
TAKES = takes("<application> [<application>...]", "no application specified")


def _lines(model: dict[str, Any], name: str, destroys: bool) -> str:
    units = [u["name"] for u in model["units"].values() if u["application"] == name]
    units.sort(key=lambda unit: int(unit.rpartition("/")[2]))
    listed = "".join(f"- will remove unit {unit}\n" for unit in units)
    return f"will remove application {name}\n{listed}{storage_lines(model, units, destroys)}"


_KIND = Kind(
    noun="application",
    invalid='invalid application name "{}"',
    failed="removing application {} failed",
    lines=_lines,
)


def run(call: Call) -> int:
    """Say what goes and remove it."""
    return _removal.remove(call, _KIND, destroy_storage=call[DESTROY])
