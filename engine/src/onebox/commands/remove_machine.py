# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju remove-machine`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands._removal import ask
from onebox.console import Flags, show
from onebox.flags import Parsed, UsageError, switch
from onebox.focus import MODEL, model_of

NAME = "remove-machine"
ALIASES = ()
HELP = """
Usage: juju remove-machine [options] <machine number> ...

Removes machines that have no units.

    juju remove-machine 3
"""

FORCE = switch("force", help="Completely remove a machine; its units go first all the same")
NO_WAIT = switch("no-wait", help="Rush through machine removal; ignored")
NO_PROMPT = switch("no-prompt", help="Do not ask for confirmation")
KEEP = switch("keep-instance", help="Do not stop the running cloud instance; ignored")


def flags() -> Flags:
    """What may be given."""
    return [FORCE, NO_WAIT, NO_PROMPT, KEEP, MODEL]


def run(client: Client, args: Parsed) -> int:
    """Remove them."""
    if not args.args:
        raise UsageError("no machines specified")
    model = model_of(args)
    if not args[NO_PROMPT]:
        plan = "".join(f"will remove machine {machine}\n" for machine in args.args)
        ask(client, model, plan, "machine removal")
    for machine in args.args:
        client.call("remove_machine", model=model, machine=machine)
        show(f"will remove machine {machine}\n")
    return 0
