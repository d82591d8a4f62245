# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju consume`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands import _offers
from onebox.console import tell
from onebox.flags import Parsed, UsageError, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju consume [options] [<user>/]<model>.<offer> [<alias>]

Makes an offer of another model known in this one, to be integrated with like an application.

    juju consume dataops.kafka
    juju consume admin/dataops.kafka events
"""

FLAGS = (MODEL,)
TAKES = takes("no remote offer specified", most=2)


def run(client: Client, args: Parsed) -> int:
    """Consume it and say as what."""
    url = _offers.named(args.args[0])
    if url.endpoint:
        raise UsageError(f'remote offer "{args.args[0]}" shouldn\'t include endpoint')
    alias = _offers.consume(client, model_of(args), url, "".join(args.args[1:]))
    tell(f"Added {url} as {alias}")
    return 0
