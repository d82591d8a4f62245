# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju whoami`."""

from __future__ import annotations

from onebox import focus, persona
from onebox.client import Client
from onebox.console import OUTPUT, show
from onebox.flags import Parsed, output_format, takes
from onebox.render.document import formatted

HELP = """
Usage: juju whoami [options]

Prints the current controller, model and user.

    juju whoami
    juju whoami --format json
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")

FLAGS = (FORMAT, OUTPUT)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    values = {
        "controller": persona.CONTROLLER,
        "model": focus.current() or "<no-current-model>",
        "user": persona.USER,
    }
    if args[FORMAT] == "tabular":
        show("".join(f"{k.capitalize() + ':':<13}{v}\n" for k, v in values.items()))
    else:
        show(formatted(values, args[FORMAT]))
    return 0
