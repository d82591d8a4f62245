# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Adds a model and makes it the current one. There is one cloud, localhost: this machine.

Examples:
    juju add-model dataops
    juju add-model test --config update-status-hook-interval=1m
"""

from onebox import persona
from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import option, repeated, switch, takes
from onebox.focus import CONTROLLER, focus_on
from onebox.values import assignments

CONFIG = repeated("config", help="Specify model configuration: <key>=<value> or a YAML file")
NO_SWITCH = switch("no-switch", help="Do not switch to the newly created model")
CREDENTIAL = option("credential", help="Credential used to add the model; ignored")

OF_A_MODEL = False
FLAGS = (CONFIG, NO_SWITCH, CREDENTIAL, CONTROLLER)
TAKES = takes(
    "<model name> [cloud|region]",
    'juju: no model name was passed. See "juju add-model --help".\n\n'
    "Did you mean:\n\tjuju add-model <model name>",
    most=2,
)


def run(call: Call) -> None:
    """Add it, and look at it from now on."""
    name, *place = call.words
    if place and place[0].partition("/")[0] not in (persona.CLOUD, persona.REGION):
        raise Refused(f'cloud or region "{place[0]}" not found; this machine is "localhost"')
    call.client.call("add_model", name=name, config=assignments(call[CONFIG]))
    if not call[NO_SWITCH]:
        focus_on(name)
    where = f"{persona.CLOUD}/{persona.REGION}"
    tell(
        f"Added '{name}' model on {where} with credential '{persona.CREDENTIAL}' "
        f"for user '{persona.USER}'"
    )
