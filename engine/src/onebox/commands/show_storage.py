# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-storage`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import OUTPUT, UTC, Flags, show
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, output_format
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.storage import combined

NAME = "show-storage"
ALIASES = ()
HELP = """
Usage: juju show-storage [options] <storage id> ...

Shows storage instances and where each is attached.

    juju show-storage data/0
"""

FORMAT = output_format(("json", "yaml"), "yaml")


def flags() -> Flags:
    """What may be given."""
    return [FORMAT, MODEL, OUTPUT, UTC]


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    if not args.args:
        raise UsageError("must specify storage id(s)")
    known = combined(client.call("snapshot", model=model_of(args)), args[UTC]).get("storage", {})
    unknown = [f'storage "{name}" not found' for name in args.args if name not in known]
    if unknown:
        raise Refused("\n".join(unknown), "not-found")
    show(formatted({name: known[name] for name in args.args}, args[FORMAT]))
    return 0
