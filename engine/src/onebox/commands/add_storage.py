# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Adds storage to a unit, as far as its charm supports more; each runs its attached hook.

Examples:
    juju add-storage kafka/0 data
    juju add-storage kafka/0 data=2,10G
"""

from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import takes

TAKES = takes(
    "<unit> <storage name>[=<directive>] ...",
    *["add-storage requires a unit and at least one storage name"] * 2,
)


def run(call: Call) -> int:
    """Add each and say so; one that cannot be does not spare the others."""
    unit, *wishes = call.words
    code = 0
    for wish in wishes:
        name, _, directive = wish.partition("=")
        try:
            added = call.ask("add_storage", unit=unit, name=name, directive=directive)
        except Refused as error:
            tell(f'failed to add storage "{name}" to {unit}: {error.message}')
            code = 1
            continue
        for id_ in added:
            tell(f"added storage {id_} to {unit}")
    return code
