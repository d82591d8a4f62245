# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-secret`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import Flags
from onebox.flags import Parsed, UsageError, no_more, number
from onebox.focus import MODEL, model_of

NAME = "remove-secret"
ALIASES = ()
HELP = """
Usage: juju remove-secret [options] <ID>|<name>

Removes one of your secrets, or one revision of it, even while somebody reads it.

    juju remove-secret backup-key
    juju remove-secret backup-key --revision 1
"""

REVISION = number("revision", help="Remove the specified revision")


def flags() -> Flags:
    """What may be given."""
    return [REVISION, MODEL]


def run(client: Client, args: Parsed) -> int:
    """Remove it, silently."""
    if not args.args:
        raise UsageError("missing secret URI")
    no_more(args.args[1:])
    revision = args[REVISION] or None
    client.call("remove_secret", model=model_of(args), secret=args.args[0], revision=revision)
    return 0
