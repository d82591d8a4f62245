# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju unexpose`."""

from __future__ import annotations

from onebox.client import Client
from onebox.flags import Parsed, option, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju unexpose [options] <application name>

Records whether the application is meant for the outside; one machine has no firewall to open.

    juju unexpose prometheus
"""

ENDPOINTS = option("endpoints", help="Only these endpoints; ignored")

FLAGS = (ENDPOINTS, MODEL)
TAKES = takes("no application name specified", most=1)


def run(client: Client, args: Parsed) -> int:
    """Record it, silently."""
    client.call("set_exposed", model=model_of(args), application=args.args[0], exposed=False)
    return 0
