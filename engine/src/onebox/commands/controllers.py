# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists the one controller there is: this machine.

Examples:
    juju controllers
    juju controllers --format json
"""

from onebox import focus
from onebox.commands._call import TABULAR, Call
from onebox.console import COLOURED
from onebox.flags import switch, takes
from onebox.render.models import controllers, controllers_table

ALIASES = ("list-controllers",)
MANAGED = switch("managed", help="Show only controllers that are managed; ignored")
REFRESH = switch("refresh", help="Connect to each controller to download the latest details")
_OLD = "Use --refresh option with this command to see the latest information.\n\n"

OF_A_MODEL = False
FLAGS = (TABULAR, *COLOURED, MANAGED, REFRESH)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print it."""
    document = controllers(len(call.client.call("models")), focus.current())
    head = "" if call[REFRESH] else _OLD
    call.show(document, lambda: head + controllers_table(document, call.colour))
