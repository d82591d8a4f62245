# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-relation`."""

from __future__ import annotations

from typing import Any

from onebox.commands._call import Call
from onebox.flags import UsageError, switch
from onebox.focus import MODEL

HELP = """
Usage: juju remove-relation [options] <application>[:<endpoint>] <application>[:<endpoint>]

Removes an integration, named by its two ends or by its number.

    juju remove-relation kafka:monitoring prometheus
    juju remove-relation 4
"""

FORCE = switch("force", help="Remove it even if a unit does not finish its hooks")

FLAGS = (MODEL, FORCE)


def run(call: Call) -> None:
    """Remove it; the units' last hooks run afterwards."""
    which: dict[str, Any]
    if len(call.words) == 1 and call.words[0].isdigit():
        which = {"id": int(call.words[0])}
    elif len(call.words) == 2:
        which = {"a": call.words[0], "b": call.words[1]}
    else:
        raise UsageError("a relation must involve two applications")
    call.ask("remove_relation", force=call[FORCE], **which)
