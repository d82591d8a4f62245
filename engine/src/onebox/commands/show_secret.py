# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows a secret, with --reveal also what it holds.

Examples:
    juju show-secret backup-key
    juju show-secret backup-key --reveal --revision 1
    juju show-secret backup-key --revisions
"""

from onebox.commands._call import DOCUMENT, Call
from onebox.console import OUTPUT
from onebox.flags import UsageError, number, switch, takes
from onebox.render.secrets import details

REVEAL = switch("reveal", help="Reveal secret values")
REVISIONS = switch("revisions", help="Show the secret revisions metadata")
REVISION = number("r", "revision", help="Show only the specified revision")

FLAGS = (DOCUMENT, REVEAL, REVISIONS, REVISION, OUTPUT)
TAKES = takes("<ID>|<name>", "secret ID is required", most=1)


def run(call: Call) -> None:
    """Print it."""
    _check(call)
    secret = call.ask("show_secret", secret=call.words[0], reveal=call[REVEAL])
    shown = details(
        call.snapshot(),
        secret,
        reveal=call[REVEAL],
        revisions=call[REVISIONS],
        revision=call[REVISION],
        form=call[DOCUMENT],
    )
    call.show({secret["id"]: shown})


def _check(call: Call) -> None:
    if call[REVISIONS] and call[REVEAL]:
        raise UsageError("specify either --revisions or --reveal but not both")
    if call[REVISIONS] and call.given(REVISION):
        raise UsageError("specify either --revisions or --revision but not both")
    if call[REVISION] < 0:
        raise UsageError("revision must be a positive integer")
