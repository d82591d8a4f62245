# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Selects the model that commands work in; without one, prints the current.

Examples:
    juju switch
    juju switch dataops
    juju switch -
"""

import os

from onebox import focus, persona
from onebox.commands._call import Call
from onebox.console import show, tell
from onebox.errors import Refused
from onebox.flags import UsageError, takes
from onebox.focus import CONTROLLER, MODEL

OF_A_MODEL = False
FLAGS = (MODEL, CONTROLLER)
TAKES = takes("[<controller>|<model>|<controller>:|:<model>|<controller>:<model>|-]", most=1)

_OVERRIDING = (("JUJU_CONTROLLER", "controller"), ("JUJU_MODEL", "model"))


def run(call: Call) -> None:
    """Print the current model, or go to another."""
    wanted, current = _wanted(call), focus.current()
    if not wanted:
        show((focus.qualified(current) if current else persona.CONTROLLER) + "\n")
        return
    for variable, what in _OVERRIDING:
        if override := os.environ.get(variable):
            text = f'cannot switch when {variable} is overriding the {what} (set to "{override}")'
            raise Refused(text)
    name = _model(call, wanted, current)
    before, after = _shown(current), _shown(name)
    focus.focus_on(name)
    tell(f"{before} -> {after}" if before != after else f"{after} (no change)")


def _wanted(call: Call) -> str:
    """What the argument or the flag names; UsageError for more than one of them."""
    model, controller = call[MODEL], call[CONTROLLER]
    if model and controller:
        raise UsageError("cannot specify both a --model and --controller")
    for flag, given in (("controller", controller), ("model", model)):
        if given and call.words:
            raise UsageError(f"no argument accepted when --{flag} flag  is specified")
    return call.words[0] if call.words else model or (controller and f"{controller}:")


def _model(call: Call, wanted: str, current: str) -> str:
    """The name of the model that is meant; Refused when there is none of that name."""
    if wanted in (persona.CONTROLLER, f"{persona.CONTROLLER}:"):
        return current
    name = _previous() if wanted == "-" else focus.bare(wanted.removeprefix(":"))
    if name not in {model["name"] for model in call.client.call("models")}:
        sure = call.given(MODEL) or ":" in wanted or wanted == "-"
        prefix = (
            "invalid target model" if sure else f'cannot determine if "{wanted}" is a valid model'
        )
        target = f"{persona.CONTROLLER}:{name}"
        raise Refused(
            f'{prefix}: "{target}" is not the name of a model or controller', "not-found"
        )
    return name


def _previous() -> str:
    if name := focus.previous():
        return name
    raise Refused(
        f"no previous model for this controller {persona.CONTROLLER}, use a qualified switch "
        "'juju switch controller:model' or return to previous controller through "
        "'juju switch -c -' "
    )


def _shown(model: str) -> str:
    return focus.qualified(model) if model else f"{persona.CONTROLLER} (controller)"
