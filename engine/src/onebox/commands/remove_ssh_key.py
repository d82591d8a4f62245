# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Forgets public keys, by their fingerprint, their comment or in full.

Examples:
    juju remove-ssh-key me@laptop
"""

from onebox.commands._call import Call
from onebox.commands._ssh_keys import comment, fingerprint
from onebox.console import tell
from onebox.flags import takes

TAKES = takes("<key id> ...", "no ssh key id specified")


def run(call: Call) -> None:
    """Forget them; say which are unknown."""
    known: list[str] = call.snapshot()["ssh_keys"]
    kept = [key for key in known if not _names(key) & {*call.words}]
    call.ask("set_ssh_keys", keys=kept)
    named = {name for key in known for name in _names(key)}
    for word in call.words:
        if word not in named:
            tell(f'cannot remove key id "{word}": invalid ssh key: {word}')


def _names(key: str) -> set[str]:
    return {key, fingerprint(key), comment(key)} - {""}
