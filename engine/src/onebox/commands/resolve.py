# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju resolve`."""

from __future__ import annotations

from onebox.client import Client
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, switch
from onebox.focus import MODEL, model_of
from onebox.names import valid

ALIASES = ("resolved",)
HELP = """
Usage: juju resolve [options] [<unit> ...]

Runs a failed hook again at once, or with --no-retry counts it as done.

    juju resolve kafka/0
    juju resolve --no-retry kafka/0
    juju resolve --all
"""

NO_RETRY = switch("no-retry", help="Do not re-execute failed hooks on the unit")
ALL = switch("all", help="Marks all units in error as resolved")

FLAGS = (NO_RETRY, ALL, MODEL)


def run(client: Client, args: Parsed) -> int:
    """Resolve them, silently."""
    if args[ALL] and args.args:
        raise UsageError("specifying unit names(s) with --all not supported")
    if not args[ALL] and not args.args:
        raise UsageError("no unit specified")
    for unit in args.args:
        if not valid("unit", unit):
            raise UsageError(f'unit name "{unit}" not valid')
    name = model_of(args)
    units = client.call("snapshot", model=name)["units"]
    wanted = [u for u, unit in units.items() if unit["agent"]["current"] == "error"]
    for unit in wanted if args[ALL] else args.args:
        if unit not in units:
            raise Refused(f'unit "{unit}" not found', "not-found")
        client.call("resolve", model=name, unit=unit, skip=args[NO_RETRY])
    return 0
