# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju trust`."""

from __future__ import annotations

from onebox.client import Client
from onebox.flags import Parsed, option, switch, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju trust [options] <application name>

Sets the trust of an application: whether it may see the cloud's credentials.

    juju trust kafka
    juju trust kafka --remove
"""

REMOVE = switch("remove", help="Remove trusted access from a trusted application")
SCOPE = option("scope", help="k8s models only; ignored")

FLAGS = (REMOVE, SCOPE, MODEL)
TAKES = takes("no application name specified", most=1)


def run(client: Client, args: Parsed) -> int:
    """Set it, silently."""
    trust = not args[REMOVE]
    client.call("set_trust", model=model_of(args), application=args.args[0], trust=trust)
    return 0
