# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the current controller, model and user.

Examples:
    juju whoami
    juju whoami --format json
"""

from onebox import focus, persona
from onebox.commands._call import TABULAR, Call
from onebox.console import OUTPUT
from onebox.flags import takes

OF_A_MODEL = False
FLAGS = (TABULAR, OUTPUT)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print them."""
    values = {
        "controller": persona.CONTROLLER,
        "model": focus.current() or "<no-current-model>",
        "user": persona.USER,
    }
    call.show(
        values, lambda: "".join(f"{k.capitalize() + ':':<13}{v}\n" for k, v in values.items())
    )
