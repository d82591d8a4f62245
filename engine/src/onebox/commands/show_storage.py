# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-storage`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import OUTPUT, UTC, show
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.storage import combined

HELP = """
Usage: juju show-storage [options] <storage id> ...

Shows storage instances and where each is attached.

    juju show-storage data/0
"""

FORMAT = output_format(("json", "yaml"), "yaml")

FLAGS = (FORMAT, MODEL, OUTPUT, UTC)
TAKES = takes("must specify storage id(s)")


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    known = combined(client.call("snapshot", model=model_of(args)), args[UTC]).get("storage", {})
    unknown = [f'storage "{name}" not found' for name in args.args if name not in known]
    if unknown:
        raise Refused("\n".join(unknown), "not-found")
    show(formatted({name: known[name] for name in args.args}, args[FORMAT]))
    return 0
