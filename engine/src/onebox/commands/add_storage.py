# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Adds storage to a unit, as far as its charm supports more; each runs its attached hook.

Examples:
    juju add-storage kafka/0 data
    juju add-storage kafka/0 data=2,10G
"""

from onebox import directives
from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import UsageError, takes
from onebox.names import valid

TAKES = takes(
    "<unit> <storage name>[=<directive>] ...",
    *["add-storage requires a unit and a storage directive"] * 2,
)


def run(call: Call) -> int:
    """Add each and say so; one that cannot be does not spare the others."""
    unit, *words = call.words
    if not valid("unit", unit):
        raise UsageError(f'unit name "{unit}" not valid')
    try:
        wishes = directives.by_name(words)
    except Refused as error:
        raise UsageError(error.message) from None
    asked = {word.partition("=")[0]: word.partition("=")[2] for word in words}
    failed: dict[str, str] = {}
    for name in wishes:
        try:
            added = call.ask("add_storage", unit=unit, name=name, directive=asked[name])
        except Refused as error:
            failed[name] = error.message
            continue
        for id_ in added:
            tell(f"added storage {id_} to {unit}")
    for line in _said(failed, unit, everyone=len(failed) == len(wishes)):
        tell(line)
    return 1 if failed else 0


def _said(failed: dict[str, str], unit: str, *, everyone: bool) -> list[str]:
    """Why some could not be added; what is the reason of them all only once, as Juju does."""
    reasons = sorted({*failed.values()})
    if everyone and len(reasons) < len(failed):
        return reasons
    return [f'failed to add storage "{name}" to {unit}: {why}' for name, why in failed.items()]
