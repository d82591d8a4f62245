# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-relation`."""

from __future__ import annotations

from typing import Any

from onebox.client import Client
from onebox.flags import Parsed, UsageError, switch
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju remove-relation [options] <application>[:<endpoint>] <application>[:<endpoint>]

Removes an integration, named by its two ends or by its number.

    juju remove-relation kafka:monitoring prometheus
    juju remove-relation 4
"""

FORCE = switch("force", help="Remove it even if a unit does not finish its hooks")

FLAGS = (MODEL, FORCE)


def run(client: Client, args: Parsed) -> int:
    """Remove it; the units' last hooks run afterwards."""
    which: dict[str, Any]
    if len(args.args) == 1 and args.args[0].isdigit():
        which = {"id": int(args.args[0])}
    elif len(args.args) == 2:
        which = {"a": args.args[0], "b": args.args[1]}
    else:
        raise UsageError("a relation must involve two applications")
    client.call("remove_relation", model=model_of(args), force=args[FORCE], **which)
    return 0
