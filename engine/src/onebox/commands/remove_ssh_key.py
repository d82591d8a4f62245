# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-ssh-key`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands._ssh_keys import comment, fingerprint
from onebox.console import tell
from onebox.flags import Parsed, takes
from onebox.focus import MODEL, model_of

HELP = """
Usage: juju remove-ssh-key [options] <key id> ...

Forgets public keys, by their fingerprint, their comment or in full.

    juju remove-ssh-key me@laptop
"""

FLAGS = (MODEL,)
TAKES = takes("no ssh key id specified")


def run(client: Client, args: Parsed) -> int:
    """Forget them; say which are unknown."""
    model = model_of(args)
    known: list[str] = client.call("snapshot", model=model)["ssh_keys"]
    kept = [key for key in known if not _names(key) & {*args.args}]
    client.call("set_ssh_keys", model=model, keys=kept)
    named = {name for key in known for name in _names(key)}
    for word in args.args:
        if word not in named:
            tell(f'cannot remove key id "{word}": invalid ssh key: {word}')
    return 0


def _names(key: str) -> set[str]:
    return {key, fingerprint(key), comment(key)} - {""}
