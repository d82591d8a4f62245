# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju controllers`."""

from __future__ import annotations

from onebox import focus
from onebox.client import Client
from onebox.console import COLOUR, NO_COLOUR, OUTPUT, Flags, colour, show
from onebox.flags import Parsed, no_more, output_format, switch
from onebox.render.document import formatted
from onebox.render.models import controllers, controllers_table

NAME = "controllers"
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


def flags() -> Flags:
    """What may be given."""
    return [FORMAT, OUTPUT, COLOUR, NO_COLOUR, MANAGED, REFRESH]


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    no_more(args.args)
    document = controllers(len(client.call("models")), focus.current())
    if args[FORMAT] == "tabular":
        show(("" if args[REFRESH] else _OLD) + controllers_table(document, colour(args)))
    else:
        show(formatted(document, args[FORMAT]))
    return 0
