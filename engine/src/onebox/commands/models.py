# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju models`."""

from __future__ import annotations

from datetime import datetime, timezone

from onebox import focus
from onebox.client import Client
from onebox.console import DATED, colour, show
from onebox.flags import Parsed, output_format, switch, takes
from onebox.focus import CONTROLLER
from onebox.render.document import formatted
from onebox.render.models import listing, models_table

ALIASES = ("list-models",)
HELP = """
Usage: juju models [options]

Lists the models; the current one has a star.

    juju models
    juju models --format json
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")
ALL = switch("all", help="Lists all models, regardless of user accessibility")
UUID = switch("uuid", help="Display UUID for models")

FLAGS = (FORMAT, *DATED, ALL, UUID, CONTROLLER)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    snapshots = [client.call("snapshot", model=m["name"]) for m in client.call("models")]
    document = listing(snapshots, focus.current(), datetime.now(timezone.utc))
    if args[FORMAT] == "tabular":
        show(models_table(document, snapshots, uuid=args[UUID], colour=colour(args)))
    else:
        show(formatted(document, args[FORMAT]))
    return 0
