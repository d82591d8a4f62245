# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-controller`."""

from __future__ import annotations

from onebox import focus, persona
from onebox.client import Client
from onebox.console import OUTPUT, show
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, switch
from onebox.focus import CONTROLLER
from onebox.render.document import formatted
from onebox.render.models import controller_details

HELP = """
Usage: juju show-controller [options] [<controller name> ...]

Shows the one controller there is: this engine.

    juju show-controller
    juju show-controller --format json
"""

FORMAT = output_format(("json", "yaml"), "yaml")
PASSWORD = switch("show-password", help="Show password for logged in user; there is none")

FLAGS = (FORMAT, PASSWORD, CONTROLLER, OUTPUT)


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    for name in args.args or [args[CONTROLLER] or persona.CONTROLLER]:
        if name != persona.CONTROLLER:
            raise Refused(f"controller {name} not found", "not-found")
    document = controller_details(client.call("models"), focus.current())
    show(formatted({persona.CONTROLLER: document}, args[FORMAT]))
    return 0
