# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""juju-reboot: here a machine's reboot is the end of its units' processes and a new start."""

from onebox.errors import Refused
from onebox.flags import switch
from onebox.hooktools.context import Context
from onebox.hooktools.tool import Call, tool

NOW = switch("now", help="Reboot immediately, killing the invoking process")


@tool("juju-reboot", "Reboot the host machine.", NOW)
def juju_reboot(context: Context, call: Call) -> None:
    """Reboot after the hook, or at once and run the hook again."""
    call.at_most(0)
    if context.task is not None:
        raise Refused("juju-reboot is not supported when running an action.")
    context.outcome.reboot = "now" if call[NOW] else "after"
    if call[NOW]:
        context.services.kill_hook()
