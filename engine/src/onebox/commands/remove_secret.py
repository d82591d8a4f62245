# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes one of your secrets, or one revision of it, even while somebody reads it.

Examples:
    juju remove-secret backup-key
    juju remove-secret backup-key --revision 1
"""

from onebox.commands._call import Call
from onebox.flags import number, takes

REVISION = number("revision", help="Remove the specified revision")

FLAGS = (REVISION,)
TAKES = takes("<ID>|<name>", "missing secret URI", most=1)


def run(call: Call) -> None:
    """Remove it, silently."""
    revision = call[REVISION] or None
    call.ask("remove_secret", secret=call.words[0], revision=revision)
