# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju resources`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import COLOURED, colour, show, tell
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, switch, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.resources import listing, resources_table

ALIASES = ("list-resources",)
HELP = """
Usage: juju resources [options] <application or unit>

Lists the resources of an application and when each was attached.

    juju resources kafka
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")
DETAILS = switch("details", help="Show detailed information about resources used by each unit")

FLAGS = (FORMAT, DETAILS, MODEL, *COLOURED)
TAKES = takes("missing application or unit name", most=1)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    name = args.args[0].partition("/")[0]
    model = client.call("snapshot", model=model_of(args))
    if name not in model["applications"]:
        raise Refused(f'application "{name}" not found', "not-found")
    document = listing(model, name)
    if args[FORMAT] != "tabular":
        show(formatted(document, args[FORMAT]))
    elif document["resources"]:
        show(resources_table(document, colour(args)))
    else:
        tell("No resources to display.")
    return 0
