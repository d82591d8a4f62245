# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-model`."""

from __future__ import annotations

from onebox import focus
from onebox.client import Client
from onebox.console import OUTPUT, Flags, show
from onebox.flags import Parsed, no_more, output_format
from onebox.focus import CONTROLLER, MODEL
from onebox.render.document import formatted
from onebox.render.models import details

NAME = "show-model"
ALIASES = ()
HELP = """
Usage: juju show-model [options] [<model name>]

Shows what there is to know about the current model, or the one named.

    juju show-model
    juju show-model --format json dataops
"""

FORMAT = output_format(("json", "yaml"), "yaml")


def flags() -> Flags:
    """What may be given."""
    return [FORMAT, OUTPUT, MODEL, CONTROLLER]


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    no_more(args.args[1:])
    name = focus.bare(args.args[0]) if args.args else focus.model_of(args)
    model = client.call("snapshot", model=name)
    show(formatted({name: details(model)}, args[FORMAT]))
    return 0
