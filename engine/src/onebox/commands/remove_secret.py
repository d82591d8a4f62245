# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-secret`."""

from __future__ import annotations

from onebox.commands._call import Call
from onebox.flags import number, takes
from onebox.focus import MODEL

HELP = """
Usage: juju remove-secret [options] <ID>|<name>

Removes one of your secrets, or one revision of it, even while somebody reads it.

    juju remove-secret backup-key
    juju remove-secret backup-key --revision 1
"""

REVISION = number("revision", help="Remove the specified revision")

FLAGS = (REVISION, MODEL)
TAKES = takes("missing secret URI", most=1)


def run(call: Call) -> None:
    """Remove it, silently."""
    revision = call[REVISION] or None
    call.ask("remove_secret", secret=call.words[0], revision=revision)
