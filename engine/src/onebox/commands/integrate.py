# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju integrate`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import Flags
from onebox.flags import Parsed, UsageError, option
from onebox.focus import MODEL, model_of

NAME = "integrate"
ALIASES = ("relate",)
HELP = """
Usage: juju integrate [options] <application>[:<endpoint>] <application>[:<endpoint>]

Integrates two applications. An endpoint may be left out where only one pair fits.

    juju integrate kafka:monitoring prometheus
    juju integrate spark kafka
"""

VIA = option("via", help="For cross model integrations; ignored")


def flags() -> Flags:
    """What may be given."""
    return [MODEL, VIA]


def run(client: Client, args: Parsed) -> int:
    """Integrate, silently."""
    if len(args.args) != 2:
        raise UsageError("an integration must involve two applications")
    client.call("integrate", model=model_of(args), a=args.args[0], b=args.args[1])
    return 0
