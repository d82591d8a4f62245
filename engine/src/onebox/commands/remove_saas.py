# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Forgets offers that were consumed, with their relations.

Examples:
    juju remove-saas events
"""

from onebox.commands._call import Call
from onebox.errors import Refused
from onebox.flags import UsageError, switch, takes
from onebox.names import valid

FORCE = switch("force", help="Completely remove it even when hooks fail")
NO_WAIT = switch("no-wait", help="Rush through the removal without waiting")

FLAGS = (FORCE, NO_WAIT)
TAKES = takes("<name> [<name>...]", "no SAAS application names specified")


def run(call: Call) -> None:
    """Forget them, silently."""
    for name in call.words:
        if not valid("application", name):
            raise UsageError(f'invalid SAAS application name "{name}"')
    if call[NO_WAIT] and not call[FORCE]:
        raise Refused("--no-wait requires --force")
    for name in call.words:
        call.ask("remove_saas", name=name, force=call[FORCE])
