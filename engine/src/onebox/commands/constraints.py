# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the constraints of an application. They are recorded; one machine cannot choose.

Examples:
    juju constraints kafka
"""

from onebox import host
from onebox.commands._call import Call
from onebox.console import OUTPUT
from onebox.errors import Refused
from onebox.flags import UsageError, output_format, takes
from onebox.names import valid
from onebox.values import constraints, constraints_text

ALIASES = ("get-constraints",)
FORMAT = output_format(("constraints", "json", "yaml"), "constraints")

FLAGS = (FORMAT, OUTPUT)
TAKES = takes("<application>", "no application name specified", most=1)


def run(call: Call) -> None:
    """Print them."""
    if not valid("application", call.words[0]):
        raise UsageError(f'invalid application name "{call.words[0]}"')
    name, applications = call.words[0], call.snapshot()["applications"]
    if name not in applications:
        missing = f"application {name} not found"
        raise Refused(f'unable to get constraints for "{name}": {missing}', "not-found")
    found = constraints(f"arch={host.architecture()} {applications[name]['constraints']}")
    call.show(found, lambda: f"{constraints_text(found)}\n", form=call[FORMAT])
