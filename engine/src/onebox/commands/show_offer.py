# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-offer`."""

from __future__ import annotations

from onebox import focus
from onebox.client import Client
from onebox.commands import _offers
from onebox.console import COLOURED, colour, show
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, takes
from onebox.focus import CONTROLLER, MODEL
from onebox.render.document import formatted
from onebox.render.offers import shown, shown_table

HELP = """
Usage: juju show-offer [options] [<user>/]<model>.<offer>

Shows the endpoints of one offer.

    juju show-offer dataops.kafka
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")

FLAGS = (FORMAT, CONTROLLER, MODEL, *COLOURED)
TAKES = takes("must specify endpoint URL", most=1)


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    url = _offers.named(args.args[0], focus.current())
    model = client.call("snapshot", model=url.model)
    if url.name not in model["offers"]:
        raise Refused(f'application offer "{url}" not found', "not-found")
    document = shown(model, url.name)
    if args[FORMAT] == "tabular":
        show(shown_table(document, colour(args)))
    else:
        show(formatted(document, args[FORMAT]))
    return 0
