# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists the pools that storage may be of; in which one it is says whether it outlives its unit.

Here all of them are directories of this machine.

Examples:
    juju storage-pools
    juju storage-pools --name lxd --format yaml
"""

from onebox import persona
from onebox.commands._call import TABULAR, Call
from onebox.console import COLOURED, tell
from onebox.flags import repeated, takes
from onebox.render.table import table

ALIASES = ("list-storage-pools",)
PROVIDER = repeated("provider", help="Only show pools of these provider types")
NAME = repeated("name", help="Only show pools with these names")

FLAGS = (TABULAR, PROVIDER, NAME, *COLOURED)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print them."""
    found = {
        name: {"provider": provider}
        for name, provider in persona.POOLS.items()
        if (not call[NAME] or name in call[NAME])
        and (not call[PROVIDER] or provider in call[PROVIDER])
    }
    if not found:
        tell("No storage pools to display.")
        return
    header = ["Name", "Provider", "Attributes"]
    rows = [[name, pool["provider"], ""] for name, pool in found.items()]
    call.show(found, lambda: table(header, rows, colour=call.colour))
