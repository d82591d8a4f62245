# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows the help of a command, or names them all.

Examples:
    juju help deploy
    juju help commands
"""

from onebox import commands
from onebox.commands._call import Call
from onebox.console import show
from onebox.errors import Refused
from onebox.flags import takes

_BASIC = """Juju commands on this machine, by onebox: applications and their operations.

Common commands:

    add-model           Adds a model.
    deploy              Deploys a charm or a bundle.
    integrate           Integrates two applications.
    status              Shows the model.
    config              Reads, sets or resets an application's options.
    run                 Runs an action on units.
    exec                Runs shell commands on units.
    debug-log           Shows what units log.
    refresh             Updates an application's charm.
    remove-application  Removes applications.
    destroy-model       Ends a model with all its data.

Example help commands:

    juju help             This help page
    juju help commands    Lists all commands
    juju help deploy      Shows help for the command 'deploy'
"""

OF_A_MODEL = False
TAKES = takes("[<command>]", most=1)


def run(call: Call) -> None:
    """Print it."""
    topic = call.words[0] if call.words else ""
    if not topic:
        show(_BASIC)
    elif topic == "commands":
        show(_all())
    elif command := commands.find(topic):
        show(commands.help_of(command))
    else:
        raise Refused(commands.unknown(topic))


def _all() -> str:
    """Every command and alias with its purpose, as `juju help commands` lists them."""
    listed: dict[str, str] = {}
    for name in commands.names():
        command = commands.find(name)
        if command is not None:
            listed[name] = commands.purpose_of(command)
            listed |= dict.fromkeys(commands.aliases_of(command), f"Alias for '{name}'.")
    width = max(map(len, listed))
    return "".join(f"{name:<{width}}  {listed[name]}\n" for name in sorted(listed))
