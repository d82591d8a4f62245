# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju actions`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import COLOURED, colour, show, tell
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, switch, takes
from onebox.focus import MODEL, model_of
from onebox.render.actions import actions_table, descriptions, schemas
from onebox.render.document import formatted

ALIASES = ("list-actions",)
HELP = """
Usage: juju actions [options] <application>

Lists what can be run on the units of an application.

    juju actions kafka
    juju actions kafka --schema --format yaml
"""

FORMAT = output_format(("default", "tabular", "json", "yaml"), "default")
SCHEMA = switch("schema", help="Display the full action schema")

FLAGS = (FORMAT, SCHEMA, MODEL, *COLOURED)
TAKES = takes("no application name specified", most=1)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    name = args.args[0]
    model = client.call("snapshot", model=model_of(args))
    if name not in model["applications"]:
        raise Refused(f'application "{name}" not found', "not-found")
    found = model["charms"][model["applications"][name]["charm_url"]]["actions"]
    form = args[FORMAT] if args[FORMAT] != "default" else "yaml" if args[SCHEMA] else "tabular"
    if args[SCHEMA]:
        show(formatted(schemas(found), "yaml" if form == "tabular" else form))
    elif form != "tabular":
        show(formatted(descriptions(found), form))
    elif found:
        show(actions_table(found, colour(args)))
    else:
        tell(f"No actions defined for {name}.")
    return 0
