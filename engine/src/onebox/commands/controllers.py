# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju controllers`."""

from __future__ import annotations

from onebox import focus
from onebox.client import Client
from onebox.console import COLOURED, colour, show
from onebox.flags import Parsed, output_format, switch, takes
from onebox.render.document import formatted
from onebox.render.models import controllers, controllers_table

ALIASES = ("list-controllers",)
HELP = """
Usage: juju controllers [options]

Lists the one controller there is: this machine.

    juju controllers
    juju controllers --format json
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")
MANAGED = switch("managed", help="Show only controllers that are managed; ignored")
REFRESH = switch("refresh", help="Connect to each controller to download the latest details")
_OLD = "Use --refresh option with this command to see the latest information.\n\n"

FLAGS = (FORMAT, *COLOURED, MANAGED, REFRESH)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    document = controllers(len(client.call("models")), focus.current())
    if args[FORMAT] == "tabular":
        show(("" if args[REFRESH] else _OLD) + controllers_table(document, colour(args)))
    else:
        show(formatted(document, args[FORMAT]))
    return 0
