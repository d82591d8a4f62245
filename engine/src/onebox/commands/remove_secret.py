# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-secret`."""

from __future__ import annotations

from onebox.client import Client
from onebox.flags import Parsed, number, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju remove-secret [options] <ID>|<name>

Removes one of your secrets, or one revision of it, even while somebody reads it.

    juju remove-secret backup-key
    juju remove-secret backup-key --revision 1
"""

REVISION = number("revision", help="Remove the specified revision")

FLAGS = (REVISION, MODEL)
TAKES = takes("missing secret URI", most=1)


def run(client: Client, args: Parsed) -> int:
    """Remove it, silently."""
    revision = args[REVISION] or None
    client.call("remove_secret", model=model_of(args), secret=args.args[0], revision=revision)
    return 0
