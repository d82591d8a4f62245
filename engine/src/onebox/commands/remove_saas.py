# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-saas`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import Flags
from onebox.flags import Parsed, UsageError, switch
from onebox.focus import MODEL, model_of

NAME = "remove-saas"
ALIASES = ()
HELP = """
Usage: juju remove-saas [options] <name> [<name>...]

Forgets offers that were consumed, with their relations.

    juju remove-saas events
"""

FORCE = switch("force", help="Completely remove it even when hooks fail")
NO_WAIT = switch("no-wait", help="Rush through the removal without waiting")


def flags() -> Flags:
    """What may be given."""
    return [FORCE, NO_WAIT, MODEL]


def run(client: Client, args: Parsed) -> int:
    """Forget them, silently."""
    if not args.args:
        raise UsageError("no SAAS application names specified")
    for name in args.args:
        client.call("remove_saas", model=model_of(args), name=name, force=args[FORCE])
    return 0
