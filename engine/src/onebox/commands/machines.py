# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju machines`."""

from __future__ import annotations

from datetime import datetime, timezone

from onebox import host
from onebox.client import Client
from onebox.console import DATED, UTC, colour, show
from onebox.flags import Parsed, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.status import document, for_yaml
from onebox.render.status_table import machines

ALIASES = ("list-machines",)
HELP = """
Usage: juju machines [options]

Lists the machines of the model: each an address, a name and a directory on this host.

    juju machines
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")

FLAGS = (FORMAT, MODEL, *DATED)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    model = client.call("snapshot", model=model_of(args))
    now = datetime.now(timezone.utc)
    result = document(model, now=now, utc=args[UTC], hardware=host.hardware())
    if args[FORMAT] == "tabular":
        show(machines(result["machines"], colour(args)))
        return 0
    shown = for_yaml(result) if args[FORMAT] == "yaml" else result
    show(formatted({"model": model["name"], "machines": shown["machines"]}, args[FORMAT]))
    return 0
