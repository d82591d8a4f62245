# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju exec`."""

from __future__ import annotations

import shlex
from typing import Any

from onebox.client import Client
from onebox.commands._following import Follower, announce, scheduled, unscheduled
from onebox.commands.run import report
from onebox.console import DATED, UTC, VERBOSE
from onebox.errors import Refused
from onebox.flags import (
    Parsed,
    UsageError,
    comma_separated,
    duration,
    option,
    output_format,
    switch,
    takes,
)
from onebox.focus import MODEL, model_of
from onebox.names import valid
from onebox.render.tasks import plain_exec

HELP = """
Usage: juju exec [options] <commands>

Runs shell commands as the units' hooks would: in the charm's directory, with the hook tools.
On a machine: in a plain shell.

    juju exec --unit kafka/0 -- relation-ids kafka-client
    juju exec --application kafka,spark 'is-leader'
    juju exec --all --format json -- uptime
    juju exec --machine 0 -- df -h
"""

FORMAT = output_format(("plain", "json", "yaml"), "plain")
UNITS = comma_separated("u", "unit", help="One or more unit ids")
APPLICATIONS = comma_separated("a", "app", "application", help="One or more application names")
MACHINES = comma_separated("machine", help="One or more machine ids")
ALL = switch("all", help="Run the commands on all the machines")
WAIT = duration("wait", default=300.0, help="Maximum wait time for a task to complete")
BACKGROUND = switch("background", help="Run the task in the background")
PARALLEL = switch("parallel", default=True, help="Run commands in parallel")
GROUP = option("execution-group", help="Commands in the same execution group are run sequentially")

_OWN = (FORMAT, UNITS, APPLICATIONS, MACHINES, ALL, WAIT, BACKGROUND, PARALLEL, GROUP)
FLAGS = (*_OWN, MODEL, *DATED)
TAKES = takes("no commands specified")


def run(client: Client, args: Parsed) -> int:
    """Queue the commands on every target and wait."""
    _refuse_misspelt(args)
    model = model_of(args)
    targets = _targets(client.call("snapshot", model=model), args)
    # The time runs from here on, so that it is up before the unit ends the script for it.
    follower = Follower(client, model, args[WAIT] or WAIT.default, args[VERBOSE])
    operation = _enqueue(client, model, targets, args)
    if not operation["tasks"]:
        unscheduled(operation)
        return 0
    tasks = client.call("operation", model=model, id=operation["id"])["tasks"]
    if args[BACKGROUND]:
        scheduled(operation, tasks)
        return 0
    if args[VERBOSE]:
        announce(operation, tasks)
    done = follower.follow(operation["id"], args[UTC])
    return report(done, args[FORMAT], plain_exec(done), args[UTC])


def _refuse_misspelt(args: Parsed) -> None:
    if args[BACKGROUND] and args.given(WAIT):
        raise UsageError("cannot specify both --wait and --background")
    kinds = ((MACHINES, "machines"), (APPLICATIONS, "applications"), (UNITS, "units"))
    named = [words for flag, words in kinds if args[flag]]
    if args[ALL] and named:
        raise UsageError(f"You cannot specify --all and individual {named[0]}")
    if not args[ALL] and not named:
        flags = "--all, --machine, --application or --unit"
        raise UsageError(f"You must specify a target, either through {flags}")
    wrong = [
        f'  "{m}" is not a valid machine id' for m in args[MACHINES] if not valid("machine", m)
    ]
    wrong += [
        f'  "{name}" is not a valid application name'
        for name in args[APPLICATIONS]
        if not valid("application", name)
    ]
    wrong += [
        f'  "{unit}" is not a valid unit name'
        for unit in args[UNITS]
        if not valid("unit", unit) and not valid("leader", unit)
    ]
    if wrong:
        raise UsageError("The following exec targets are not valid:\n" + "\n".join(wrong))


def _enqueue(client: Client, model: str, targets: list[str], args: Parsed) -> dict[str, Any]:
    # One word is a script as it stands; several are the words of one command.
    command = args.args[0] if len(args.args) == 1 else shlex.join(args.args)
    wait = args[WAIT] or WAIT.default
    values = {"command": command, "timeout": wait * 1e9}
    return client.call(
        "enqueue",
        model=model,
        targets=targets,
        action="juju-exec",
        parameters=values,
        parallel=args[PARALLEL],
        group=args[GROUP],
    )


def _targets(model: dict[str, Any], args: Parsed) -> list[str]:
    if args[ALL]:
        return [*model["machines"]]
    units = model["units"].values()
    found = [u["name"] for u in units if u["application"] in args[APPLICATIONS]]
    for application in args[APPLICATIONS]:
        if application not in model["applications"]:
            raise Refused(f'application "{application}" not found', "not-found")
    for machine in args[MACHINES]:
        if machine not in model["machines"]:
            raise Refused(f'machine "{machine}" not found', "not-found")
    return list(dict.fromkeys([*found, *args[MACHINES], *args[UNITS]]))
