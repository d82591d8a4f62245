# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju storage`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import DATED, UTC, colour, show, tell
from onebox.flags import Parsed, output_format, switch, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.storage import listed, storage_table

ALIASES = ("list-storage",)
HELP = """
Usage: juju storage [options]

Lists storage and the unit each is attached to.

    juju storage
    juju storage --format yaml
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")
FILESYSTEM = switch("filesystem", help="List filesystem storage")
VOLUME = switch("volume", help="List volume storage; there is none on one machine")

FLAGS = (FORMAT, FILESYSTEM, VOLUME, MODEL, *DATED)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    model = client.call("snapshot", model=model_of(args))
    document = listed(model, args[UTC])
    if not document and args[FORMAT] == "tabular":
        tell("No storage to display.")
    elif args[FORMAT] == "tabular":
        show(storage_table(document, mounts=False, colour=colour(args)))
    else:
        show(formatted(document, args[FORMAT]))
    return 0
