# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju trust`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import Flags
from onebox.flags import Parsed, UsageError, no_more, option, switch
from onebox.focus import MODEL, model_of

NAME = "trust"
ALIASES = ()
HELP = """
Usage: juju trust [options] <application name>

Sets the trust of an application: whether it may see the cloud's credentials.

    juju trust kafka
    juju trust kafka --remove
"""

REMOVE = switch("remove", help="Remove trusted access from a trusted application")
SCOPE = option("scope", help="k8s models only; ignored")


def flags() -> Flags:
    """What may be given."""
    return [REMOVE, SCOPE, MODEL]


def run(client: Client, args: Parsed) -> int:
    """Set it, silently."""
    if not args.args:
        raise UsageError("no application name specified")
    no_more(args.args[1:])
    trust = not args[REMOVE]
    client.call("set_trust", model=model_of(args), application=args.args[0], trust=trust)
    return 0
