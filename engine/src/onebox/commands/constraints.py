# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju constraints`."""

from __future__ import annotations

from onebox import host
from onebox.client import Client
from onebox.console import OUTPUT, show
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.values import constraints, constraints_text

ALIASES = ("get-constraints",)
HELP = """
Usage: juju constraints [options] <application>

Prints the constraints of an application. They are recorded; one machine cannot choose.

    juju constraints kafka
"""

FORMAT = output_format(("constraints", "json", "yaml"), "constraints")

FLAGS = (FORMAT, MODEL, OUTPUT)
TAKES = takes("no application name specified", most=1)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    name = args.args[0]
    model = client.call("snapshot", model=model_of(args))
    if name not in model["applications"]:
        raise Refused(f'application "{name}" not found', "not-found")
    text = f"arch={host.architecture()} {model['applications'][name]['constraints']}"
    found = constraints(text)
    if args[FORMAT] == "constraints":
        show(constraints_text(found) + "\n")
    else:
        show(formatted(found, args[FORMAT]))
    return 0
