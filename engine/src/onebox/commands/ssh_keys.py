# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists the public keys of the model.

Examples:
    juju ssh-keys
    juju ssh-keys --full
"""

from onebox import persona
from onebox.commands._call import Call
from onebox.commands._ssh_keys import comment, fingerprint
from onebox.console import show, tell
from onebox.flags import switch, takes

ALIASES = ("list-ssh-keys",)
FULL = switch("full", help="Show full key instead of just the fingerprint")

FLAGS = (FULL,)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print them."""
    model = call.snapshot()
    keys: list[str] = model["ssh_keys"]
    if not keys:
        tell("No keys to display.")
        return
    lines = keys if call[FULL] else [f"{fingerprint(k)} ({comment(k)})" for k in keys]
    head = f"Keys used in model: {persona.USER}/{model['name']}\n"
    show(head + "".join(f"{line}\n" for line in lines))
