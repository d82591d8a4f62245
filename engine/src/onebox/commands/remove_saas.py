# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-saas`."""

from __future__ import annotations

from onebox.client import Client
from onebox.flags import Parsed, switch, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju remove-saas [options] <name> [<name>...]

Forgets offers that were consumed, with their relations.

    juju remove-saas events
"""

FORCE = switch("force", help="Completely remove it even when hooks fail")
NO_WAIT = switch("no-wait", help="Rush through the removal without waiting")

FLAGS = (FORCE, NO_WAIT, MODEL)
TAKES = takes("no SAAS application names specified")


def run(client: Client, args: Parsed) -> int:
    """Forget them, silently."""
    for name in args.args:
        client.call("remove_saas", model=model_of(args), name=name, force=args[FORCE])
    return 0
