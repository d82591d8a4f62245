# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju add-unit`."""

from __future__ import annotations

from onebox.client import Client
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, comma_separated, number, option, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju add-unit [options] <application name>

Adds units to an application, each on a machine of its own unless --to says otherwise.

    juju add-unit kafka
    juju add-unit kafka -n 2
    juju add-unit spark --to 0
"""

UNITS = number("n", "num-units", default=1, help="Number of units to add")
TO = comma_separated("to", help="The machine(s) to deploy the unit(s) in")
ATTACH = option("attach-storage", help="Existing storage to attach; ignored")

FLAGS = (UNITS, TO, ATTACH, MODEL)
TAKES = takes("no application specified", most=1)


def run(client: Client, args: Parsed) -> int:
    """Add them, silently."""
    name = args.args[0]
    if args[UNITS] < 1:
        raise UsageError("--num-units must be a positive integer")
    model = model_of(args)
    if name not in client.call("snapshot", model=model)["applications"]:
        raise Refused(f'application "{name}" not found (not found)', "not-found")
    client.call(
        "add_unit", model=model, application=name, units=args[UNITS], placement=[*args[TO]]
    )
    return 0
