# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Adds units to an application, each on a machine of its own unless --to says otherwise.

Examples:
    juju add-unit kafka
    juju add-unit kafka -n 2
    juju add-unit spark --to 0
"""

from onebox.commands._call import Call
from onebox.errors import Refused
from onebox.flags import UsageError, comma_separated, number, takes

UNITS = number("n", "num-units", default=1, help="Number of units to add")
TO = comma_separated("to", help="The machine(s) to deploy the unit(s) in")
ATTACH = comma_separated("attach-storage", help="Existing storage to attach to the unit")

FLAGS = (UNITS, TO, ATTACH)
TAKES = takes("<application name>", "no application specified", most=1)


def run(call: Call) -> None:
    """Add them, silently."""
    name = call.words[0]
    if call[UNITS] < 1:
        raise UsageError("--num-units must be a positive integer")
    if call[ATTACH] and call[UNITS] != 1:
        raise UsageError("--attach-storage cannot be used with -n")
    if name not in call.snapshot()["applications"]:
        raise Refused(f'application "{name}" not found (not found)', "not-found")
    more = {"attached": [*call[ATTACH]]} if call[ATTACH] else {}
    call.ask("add_unit", application=name, units=call[UNITS], placement=[*call[TO]], **more)
