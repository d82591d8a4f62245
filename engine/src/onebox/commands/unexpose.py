# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju unexpose`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import Flags
from onebox.flags import Parsed, UsageError, no_more, option
from onebox.focus import MODEL, model_of

NAME = "unexpose"
ALIASES = ()
HELP = """
Usage: juju unexpose [options] <application name>

Records whether the application is meant for the outside; one machine has no firewall to open.

    juju unexpose prometheus
"""

ENDPOINTS = option("endpoints", help="Only these endpoints; ignored")


def flags() -> Flags:
    """What may be given."""
    return [ENDPOINTS, MODEL]


def run(client: Client, args: Parsed) -> int:
    """Record it, silently."""
    if not args.args:
        raise UsageError("no application name specified")
    no_more(args.args[1:])
    client.call("set_exposed", model=model_of(args), application=args.args[0], exposed=False)
    return 0
