# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-action`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import show, tell
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, takes
from onebox.focus import MODEL, model_of
from onebox.names import valid
from onebox.render.actions import show_action

HELP = """
Usage: juju show-action [options] <application> <action>

Shows what an action does and which arguments it takes.

    juju show-action kafka list-topics
"""

FLAGS = (MODEL,)
TAKES = takes("no application specified", "no action specified", most=2)


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    name, action = args.args
    if not valid("application", name):
        raise UsageError(f'invalid application name "{name}"')
    model = client.call("snapshot", model=model_of(args))
    if name not in model["applications"]:
        raise Refused(f'application "{name}" not found', "not-found")
    found = model["charms"][model["applications"][name]["charm_url"]]["actions"]
    if action not in found:
        tell(f'unknown action "{action}"')
        return 1
    show(show_action(found[action]))
    return 0
