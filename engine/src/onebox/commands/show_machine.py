# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-machine`."""

from __future__ import annotations

from datetime import datetime, timezone

from onebox import host
from onebox.client import Client
from onebox.console import DATED, UTC, colour, show
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.status import all_machines, document, for_yaml
from onebox.render.status_table import machines

HELP = """
Usage: juju show-machine [options] <machine id> ...

Shows what there is to know about machines.

    juju show-machine 0
"""

FORMAT = output_format(("tabular", "json", "yaml"), "yaml")

FLAGS = (FORMAT, MODEL, *DATED)
TAKES = takes("show-machine missing machine id(s)")


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    model = client.call("snapshot", model=model_of(args))
    now = datetime.now(timezone.utc)
    result = document(model, now=now, utc=args[UTC], hardware=host.hardware())
    result = for_yaml(result) if args[FORMAT] == "yaml" else result
    every = all_machines(result["machines"])
    unknown = [name for name in args.args if name not in every]
    if unknown:
        raise Refused(f'machine "{unknown[0]}" not found', "not-found")
    found = {name: every[name] for name in args.args}
    if args[FORMAT] == "tabular":
        show(machines(found, colour(args)))
    else:
        show(formatted({"model": model["name"], "machines": found}, args[FORMAT]))
    return 0
