# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists storage and the unit each is attached to.

Examples:
    juju storage
    juju storage --format yaml
"""

from onebox.commands._call import TABULAR, Call
from onebox.console import DATED, UTC, tell
from onebox.flags import UsageError, switch, takes
from onebox.render.storage import listed, storage_table

ALIASES = ("list-storage",)
FILESYSTEM = switch("filesystem", help="List filesystem storage")
VOLUME = switch("volume", help="List volume storage; there is none on one machine")

FLAGS = (TABULAR, FILESYSTEM, VOLUME, *DATED)
TAKES = takes("[<id> ...]")


def run(call: Call) -> None:
    """Print it."""
    if call[FILESYSTEM] and call[VOLUME]:
        raise UsageError("--filesystem and --volume can not be used together")
    if call.words and not (call[FILESYSTEM] or call[VOLUME]):
        wrong = "specifying IDs only supported with --filesystem and --volume options"
        raise UsageError(wrong)
    document = listed(call.snapshot(), call[UTC])
    if not document and call[TABULAR] == "tabular":
        tell("No storage to display.")
    else:
        call.show(document, lambda: storage_table(document, mounts=False, colour=call.colour))
