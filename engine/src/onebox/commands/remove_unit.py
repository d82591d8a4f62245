# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-unit`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands import _removal
from onebox.commands._removal import DESTROY, Kind, storage_lines
from onebox.flags import Parsed, UsageError, number

HELP = """
Usage: juju remove-unit [options] <unit> [...]

Removes units; each runs its last hooks first.

    juju remove-unit kafka/2
    juju remove-unit kafka/2 --force
"""

NUM = number("num-units", help="Number of units to remove (k8s models only)")

FLAGS = (*_removal.FLAGS, DESTROY, NUM)

_KIND = Kind(
    noun="unit",
    invalid='invalid unit name "{}"',
    failed="removing unit {} failed",
    there=lambda model: model["units"],
    lines=lambda model, name: f"will remove unit {name}\n{storage_lines(model, [name])}",
)


def run(client: Client, args: Parsed) -> int:
    """Say what goes and remove it."""
    if args[NUM]:
        raise UsageError("--num-units for non k8s models not valid")
    if not args.args:
        raise UsageError("no units specified")
    return _removal.remove(client, args, _KIND, destroy_storage=args[DESTROY])
