# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes units; each runs its last hooks first.

Examples:
    juju remove-unit kafka/2
    juju remove-unit kafka/2 --force
"""

from onebox.commands import _removal
from onebox.commands._call import Call
from onebox.commands._removal import DESTROY, Kind, storage_lines
from onebox.flags import UsageError, number, takes

NUM = number("num-units", help="Number of units to remove (k8s models only)")

FLAGS = (*_removal.FLAGS, DESTROY, NUM)
TAKES = takes("<unit> [...]")

_KIND = Kind(
    noun="unit",
    invalid='invalid unit name "{}"',
    failed="removing unit {} failed",
    lines=lambda model, name, destroys: (
        f"will remove unit {name}\n{storage_lines(model, [name], destroys)}"
    ),
)


def run(call: Call) -> int:
    """Say what goes and remove it."""
    if call[NUM]:
        raise UsageError("--num-units for non k8s models not valid")
    if not call.words:
        raise UsageError("no units specified")
    return _removal.remove(call, _KIND, destroy_storage=call[DESTROY])
