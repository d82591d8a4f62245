# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Records the constraints of an application; one machine cannot choose.

Examples:
    juju set-constraints kafka mem=8G cores=4
"""

from onebox.commands._call import Call
from onebox.errors import Refused
from onebox.flags import UsageError, takes
from onebox.names import valid
from onebox.values import asked_constraints

TAKES = takes("<application> [<constraint>=<value> ...]", "no application name specified")


def run(call: Call) -> None:
    """Record them, silently."""
    name, *words = call.words
    if not valid("application", name):
        raise UsageError(f'invalid application name "{name}"')
    if name not in call.snapshot()["applications"]:
        raise Refused(f"application {name} not found (not found)", "not-found")
    text = asked_constraints(words)
    call.ask("set_constraints", application=name, constraints=text)
