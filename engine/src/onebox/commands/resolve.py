# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a failed hook again at once, or with --no-retry counts it as done.

Examples:
    juju resolve kafka/0
    juju resolve --no-retry kafka/0
    juju resolve --all
"""

from onebox.commands._call import Call
from onebox.errors import known
from onebox.flags import UsageError, switch, takes
from onebox.names import valid

ALIASES = ("resolved",)
NO_RETRY = switch("no-retry", help="Do not re-execute failed hooks on the unit")
ALL = switch("all", help="Marks all units in error as resolved")

FLAGS = (NO_RETRY, ALL)
TAKES = takes("[<unit> ...]")


def run(call: Call) -> None:
    """Resolve them, silently."""
    if call[ALL] and call.words:
        raise UsageError("specifying unit names(s) with --all not supported")
    if not call[ALL] and not call.words:
        raise UsageError("no unit specified")
    for unit in call.words:
        if not valid("unit", unit):
            raise UsageError(f'unit name "{unit}" not valid')
    units = call.snapshot()["units"]
    wanted = [u for u, unit in units.items() if unit["agent"]["current"] == "error"]
    for unit in wanted if call[ALL] else call.words:
        known(units, "unit", unit)
        call.ask("resolve", unit=unit, skip=call[NO_RETRY])
