# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-model`."""

from __future__ import annotations

from onebox import focus
from onebox.client import Client
from onebox.console import OUTPUT, show
from onebox.flags import Parsed, output_format, takes
from onebox.focus import CONTROLLER, MODEL
from onebox.render.document import formatted
from onebox.render.models import details

HELP = """
Usage: juju show-model [options] [<model name>]

Shows what there is to know about the current model, or the one named.

    juju show-model
    juju show-model --format json dataops
"""

FORMAT = output_format(("json", "yaml"), "yaml")

FLAGS = (FORMAT, OUTPUT, MODEL, CONTROLLER)
TAKES = takes(most=1)


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    name = focus.bare(args.args[0]) if args.args else focus.model_of(args)
    model = client.call("snapshot", model=name)
    show(formatted({name: details(model)}, args[FORMAT]))
    return 0
