# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Selects the model that commands work in; without one, prints the current.

Examples:
    juju switch
    juju switch dataops
"""

import os

from onebox import focus, persona
from onebox.commands._call import Call
from onebox.console import show, tell
from onebox.errors import Refused
from onebox.flags import takes

OF_A_MODEL = False
TAKES = takes("[<controller>|<model>|<controller>:<model>]", most=1)


def run(call: Call) -> None:
    """Print the current model, or go to another."""
    current = focus.current()
    if not call.words:
        show((focus.qualified(current) if current else persona.CONTROLLER) + "\n")
        return
    if override := os.environ.get("JUJU_MODEL"):
        text = f'cannot switch when JUJU_MODEL is overriding the model (set to "{override}")'
        raise Refused(text)
    name = focus.bare(call.words[0])
    if call.words[0] in (persona.CONTROLLER, f"{persona.CONTROLLER}:"):
        name = current
    elif name not in {model["name"] for model in call.client.call("models")}:
        wanted = call.words[0]
        raise Refused(f'"{wanted}" is not the name of a model or controller', "not-found")
    before = focus.qualified(current) if current else persona.CONTROLLER
    focus.focus_on(name)
    after = focus.qualified(name) if name else persona.CONTROLLER
    tell(f"{before} -> {after}" if before != after else f"{after} (no change)")
