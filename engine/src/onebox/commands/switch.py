# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju switch`."""

from __future__ import annotations

import os

from onebox import focus, persona
from onebox.client import Client
from onebox.console import show, tell
from onebox.errors import Refused
from onebox.flags import Parsed, takes

HELP = """
Usage: juju switch [options] [<controller>|<model>|<controller>:<model>]

Selects the model that commands work in; without one, prints the current.

    juju switch
    juju switch dataops
"""

TAKES = takes(most=1)


def run(client: Client, args: Parsed) -> int:
    """Print the current model, or go to another."""
    current = focus.current()
    if not args.args:
        show((focus.qualified(current) if current else persona.CONTROLLER) + "\n")
        return 0
    if override := os.environ.get("JUJU_MODEL"):
        text = f'cannot switch when JUJU_MODEL is overriding the model (set to "{override}")'
        raise Refused(text)
    name = focus.bare(args.args[0])
    if args.args[0] in (persona.CONTROLLER, f"{persona.CONTROLLER}:"):
        name = current
    elif name not in {model["name"] for model in client.call("models")}:
        wanted = args.args[0]
        raise Refused(f'"{wanted}" is not the name of a model or controller', "not-found")
    before = focus.qualified(current) if current else persona.CONTROLLER
    focus.focus_on(name)
    after = focus.qualified(name) if name else persona.CONTROLLER
    tell(f"{before} -> {after}" if before != after else f"{after} (no change)")
    return 0
