# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows the one controller there is: this engine.

Examples:
    juju show-controller
    juju show-controller --format json
"""

from onebox import focus, persona
from onebox.commands._call import DOCUMENT, Call
from onebox.console import OUTPUT
from onebox.errors import Refused
from onebox.flags import switch, takes
from onebox.focus import CONTROLLER
from onebox.render.models import controller_details

PASSWORD = switch("show-password", help="Show password for logged in user; there is none")

OF_A_MODEL = False
FLAGS = (DOCUMENT, PASSWORD, CONTROLLER, OUTPUT)
TAKES = takes("[<controller name> ...]")


def run(call: Call) -> None:
    """Print it."""
    for name in call.words or [call[CONTROLLER] or persona.CONTROLLER]:
        if name != persona.CONTROLLER:
            raise Refused(f"controller {name} not found", "not-found")
    document = controller_details(call.client.call("models"), focus.current())
    call.show({persona.CONTROLLER: document})
