# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju model-constraints`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import OUTPUT, show
from onebox.flags import Parsed, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.values import constraints, constraints_text

ALIASES = ("get-model-constraints",)
HELP = """
Usage: juju model-constraints [options]

Prints the constraints of the model. They are recorded; one machine cannot choose.

    juju model-constraints
    juju model-constraints --format json
"""

FORMAT = output_format(("constraints", "json", "yaml"), "constraints")

FLAGS = (FORMAT, MODEL, OUTPUT)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    found = constraints(client.call("snapshot", model=model_of(args))["constraints"])
    if args[FORMAT] == "constraints":
        show(f"{constraints_text(found)}\n" if found else "")
    else:
        show(formatted(found, args[FORMAT]))
    return 0
