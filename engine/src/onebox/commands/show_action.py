# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows what an action does and which arguments it takes.

Examples:
    juju show-action kafka list-topics
"""

from onebox.commands._call import Call
from onebox.console import show, tell
from onebox.errors import known
from onebox.flags import UsageError, takes
from onebox.names import valid
from onebox.render.actions import show_action

TAKES = takes("<application> <action>", "no application specified", "no action specified", most=2)


def run(call: Call) -> int:
    """Print it."""
    name, action = call.words
    if not valid("application", name):
        raise UsageError(f'invalid application name "{name}"')
    model = call.snapshot()
    url = known(model["applications"], "application", name)["charm_url"]
    found = model["charms"][url]["actions"]
    if action not in found:
        tell(f'unknown action "{action}"')
        return 1
    show(show_action(found[action]))
    return 0
