# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists the resources of an application and when each was attached.

Examples:
    juju resources kafka
"""

from onebox.commands._call import TABULAR, Call
from onebox.console import COLOURED, tell
from onebox.errors import Refused
from onebox.flags import switch, takes
from onebox.render.resources import listing, resources_table

ALIASES = ("list-resources",)
DETAILS = switch("details", help="Show detailed information about resources used by each unit")

FLAGS = (TABULAR, DETAILS, *COLOURED)
TAKES = takes("<application or unit>", "missing application or unit name", most=1)


def run(call: Call) -> None:
    """Print them."""
    name = call.words[0].partition("/")[0]
    model = call.snapshot()
    if name not in model["applications"]:
        raise Refused(f"application {name} not found", "not-found")
    document = listing(model, name)
    if not document["resources"]:
        tell("No resources to display.")
    else:
        call.show(document, lambda: resources_table(document, call.colour))
