# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes an integration, named by its two ends or by its number.

Examples:
    juju remove-relation kafka:monitoring prometheus
    juju remove-relation 4
"""

from typing import Any

from onebox.commands._call import Call
from onebox.flags import UsageError, switch, takes

FORCE = switch("force", help="Remove it even if a unit does not finish its hooks")

FLAGS = (FORCE,)
TAKES = takes("<application>[:<endpoint>] <application>[:<endpoint>]")


def run(call: Call) -> None:
    """Remove it; the units' last hooks run afterwards."""
    which: dict[str, Any]
    if len(call.words) == 1:
        if not call.words[0].isdecimal():
            raise UsageError(f'relation ID "{call.words[0]}" not valid')
        which = {"id": int(call.words[0])}
    elif len(call.words) == 2:
        which = {"a": call.words[0], "b": call.words[1]}
    else:
        raise UsageError("a relation must involve two applications")
    call.ask("remove_relation", force=call[FORCE], **which)
