# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Records public keys that machines of the model shall accept.

A machine that is a directory of this host has no SSH server: juju ssh goes there without any key.

Examples:
    juju add-ssh-key "$(cat ~/.ssh/id_ed25519.pub)"
"""

from onebox import persona
from onebox.commands._call import Call
from onebox.commands._ssh_keys import fingerprint
from onebox.console import tell
from onebox.flags import takes

TAKES = takes("<public key> ...", "no ssh key specified")


def run(call: Call) -> None:
    """Record those that are new and valid; say which are not."""
    known: list[str] = call.snapshot()["ssh_keys"]
    kept = {fingerprint(key): key for key in known}
    for key in call.words:
        try:
            print_ = fingerprint(key)
        except ValueError:
            reason = f'one or more public keys to be added for user "{persona.USER}" is invalid'
            tell(f'cannot add key "{key}": {reason}')
            continue
        if print_ in kept:
            tell(f'cannot add key "{key}": duplicate ssh key: {key}')
        else:
            kept[print_] = key.strip()
    call.ask("set_ssh_keys", keys=[*kept.values()])
