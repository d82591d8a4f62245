# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists storage and the unit each is attached to.

Examples:
    juju storage
    juju storage --format yaml
"""

from onebox.commands._call import TABULAR, Call
from onebox.console import DATED, UTC, tell
from onebox.flags import switch, takes
from onebox.render.storage import listed, storage_table

ALIASES = ("list-storage",)
FILESYSTEM = switch("filesystem", help="List filesystem storage")
VOLUME = switch("volume", help="List volume storage; there is none on one machine")

FLAGS = (TABULAR, FILESYSTEM, VOLUME, *DATED)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print it."""
    document = listed(call.snapshot(), call[UTC])
    if not document and call[TABULAR] == "tabular":
        tell("No storage to display.")
    else:
        call.show(document, lambda: storage_table(document, mounts=False, colour=call.colour))
