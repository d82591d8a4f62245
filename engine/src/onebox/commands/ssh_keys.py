# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju ssh-keys`."""

from __future__ import annotations

from onebox import persona
from onebox.client import Client
from onebox.commands._ssh_keys import comment, fingerprint
from onebox.console import show, tell
from onebox.flags import Parsed, switch, takes
from onebox.focus import MODEL, model_of

ALIASES = ("list-ssh-keys",)
HELP = """
Usage: juju ssh-keys [options]

Lists the public keys of the model.

    juju ssh-keys
    juju ssh-keys --full
"""

FULL = switch("full", help="Show full key instead of just the fingerprint")

FLAGS = (FULL, MODEL)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print them."""
    model = client.call("snapshot", model=model_of(args))
    keys: list[str] = model["ssh_keys"]
    if not keys:
        tell("No keys to display.")
        return 0
    lines = keys if args[FULL] else [f"{fingerprint(k)} ({comment(k)})" for k in keys]
    head = f"Keys used in model: {persona.USER}/{model['name']}\n"
    show(head + "".join(f"{line}\n" for line in lines))
    return 0
