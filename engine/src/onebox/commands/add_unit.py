# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Adds units to an application, each on a machine of its own unless --to says otherwise.

Examples:
    juju add-unit kafka
    juju add-unit kafka -n 2
    juju add-unit spark --to 0
"""

from onebox.commands._call import Call
from onebox.commands._unit_flags import ATTACH, TO, UNITS, placement
from onebox.errors import Refused
from onebox.flags import takes

FLAGS = (UNITS, TO, ATTACH)
TAKES = takes("<application name>", "no application specified", most=1)


def run(call: Call) -> None:
    """Add them, silently."""
    name = call.words[0]
    where = placement(call)
    if name not in call.snapshot()["applications"]:
        raise Refused(f'application "{name}" not found (not found)', "not-found")
    more = {"attached": [*call[ATTACH]]} if call[ATTACH] else {}
    call.ask("add_unit", application=name, units=call[UNITS], placement=where, **more)
