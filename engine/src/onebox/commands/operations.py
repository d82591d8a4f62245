# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju operations`."""

from __future__ import annotations

from typing import Any

from onebox.client import Client
from onebox.console import COLOUR, NO_COLOUR, OUTPUT, UTC, Flags, colour, show, tell
from onebox.flags import Parsed, comma_separated, no_more, number, output_format
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.tasks import operation, operations_table, status

NAME = "operations"
ALIASES = ("list-operations",)
HELP = """
Usage: juju operations [options]

Lists what was run, newest last.

    juju operations
    juju operations --apps kafka --status failed
"""

Json = dict[str, Any]

FORMAT = output_format(("plain", "tabular", "json", "yaml"), "plain")
APPS = comma_separated("apps", "applications", help="Comma separated list of applications")
UNITS = comma_separated("units", help="Comma separated list of units")
MACHINES = comma_separated("machines", help="Comma separated list of machines")
ACTIONS = comma_separated("actions", help="Comma separated list of actions")
STATUS = comma_separated("status", help="Comma separated list of operation status values")
LIMIT = number("limit", help="The maximum number of operations to return")
OFFSET = number("offset", help="Return operations from offset onwards")


def flags() -> Flags:
    """What may be given."""
    own = [FORMAT, APPS, UNITS, MACHINES, ACTIONS, STATUS, LIMIT, OFFSET]
    return [*own, MODEL, OUTPUT, COLOUR, NO_COLOUR, UTC]


def run(client: Client, args: Parsed) -> int:
    """Print those that match."""
    no_more(args.args)
    model = client.call("snapshot", model=model_of(args))
    every = sorted(model["operations"].values(), key=lambda op: op["id"])
    pairs = [(op, [model["tasks"][str(id_)] for id_ in op["tasks"]]) for op in every]
    found = [pair for pair in pairs if _wanted(model, pair[1], args)][args[OFFSET] :]
    found = found[: args[LIMIT] or None]
    if not found:
        tell("no matching operations")
    elif args[FORMAT] in ("plain", "tabular"):
        show(operations_table(found, args[UTC], colour(args)))
    else:
        shown = {str(op["id"]): operation(op, tasks, args[UTC]) for op, tasks in found}
        show(formatted(shown, args[FORMAT]))
    return 0


def _wanted(model: Json, tasks: list[Json], args: Parsed) -> bool:
    units = {task["unit"] for task in tasks}
    machines = {model["units"][u]["machine"] for u in units if u in model["units"]}
    checks = (
        (args[APPS], {unit.partition("/")[0] for unit in units}),
        (args[UNITS], units),
        (args[MACHINES], machines),
        (args[ACTIONS], {task["action"] for task in tasks}),
        (args[STATUS], {status(tasks)}),
    )
    return all(not asked or set(asked) & has for asked, has in checks)
