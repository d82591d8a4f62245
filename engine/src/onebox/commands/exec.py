# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs shell commands as the units' hooks would: in the charm's directory, with the hook tools.

On a machine: in a plain shell.

Examples:
    juju exec --unit kafka/0 -- relation-ids kafka-client
    juju exec --application kafka,spark 'is-leader'
    juju exec --all --format json -- uptime
    juju exec --machine 0 -- df -h
"""

import shlex
from typing import Any

from onebox.commands._call import Call
from onebox.commands._following import queued, report
from onebox.console import DATED, VERBOSE
from onebox.errors import Refused
from onebox.flags import (
    UsageError,
    comma_separated,
    duration,
    option,
    output_format,
    switch,
    takes,
)
from onebox.names import valid
from onebox.render.tasks import plain_exec

FORMAT = output_format(("plain", "json", "yaml"), "plain")
UNITS = comma_separated("u", "unit", help="One or more unit ids")
APPLICATIONS = comma_separated("a", "app", "application", help="One or more application names")
MACHINES = comma_separated("machine", help="One or more machine ids")
ALL = switch("all", help="Run the commands on all the machines")
WAIT = duration("wait", default=300.0, help="Maximum wait time for a task to complete")
BACKGROUND = switch("background", help="Run the task in the background")
PARALLEL = switch("parallel", default=True, help="Run commands in parallel")
GROUP = option("execution-group", help="Commands in the same execution group are run sequentially")

_NAMES = (
    (MACHINES, "machine id", ("machine",)),
    (APPLICATIONS, "application name", ("application",)),
    (UNITS, "unit name", ("unit", "leader")),
)
_OWN = (FORMAT, UNITS, APPLICATIONS, MACHINES, ALL, WAIT, BACKGROUND, PARALLEL, GROUP)
FLAGS = (*_OWN, *DATED)
TAKES = takes("<commands>", "no commands specified")


def run(call: Call) -> int:
    """Queue the commands on every target and wait."""
    _refuse_misspelt(call)
    targets = _targets(call.snapshot(), call)
    # One word is a script as it stands; several are the words of one command.
    command = call.words[0] if len(call.words) == 1 else shlex.join(call.words)
    wait = call[WAIT] or WAIT.default
    asked = {
        "targets": targets,
        "action": "juju-exec",
        "parameters": {"command": command, "timeout": wait * 1e9},
        "parallel": call[PARALLEL],
        "group": call[GROUP],
    }
    done = queued(call, asked, wait, background=call[BACKGROUND], talkative=call[VERBOSE])
    return report(call, done, plain_exec, call[FORMAT])


def _refuse_misspelt(call: Call) -> None:
    if call[BACKGROUND] and call.given(WAIT):
        raise UsageError("cannot specify both --wait and --background")
    kinds = ((MACHINES, "machines"), (APPLICATIONS, "applications"), (UNITS, "units"))
    named = [words for flag, words in kinds if call[flag]]
    if call[ALL] and named:
        raise UsageError(f"You cannot specify --all and individual {named[0]}")
    if not call[ALL] and not named:
        flags = "--all, --machine, --application or --unit"
        raise UsageError(f"You must specify a target, either through {flags}")
    wrong = [
        f'  "{name}" is not a valid {noun}'
        for flag, noun, kinds in _NAMES
        for name in call[flag]
        if not any(valid(kind, name) for kind in kinds)
    ]
    if wrong:
        raise UsageError("The following exec targets are not valid:\n" + "\n".join(wrong))


def _targets(model: dict[str, Any], call: Call) -> list[str]:
    if call[ALL]:
        return [*model["machines"]]
    units = model["units"].values()
    found = [u["name"] for u in units if u["application"] in call[APPLICATIONS]]
    if call[APPLICATIONS] and not any(a in model["applications"] for a in call[APPLICATIONS]):
        asked = f"getting units for applications [{' '.join(call[APPLICATIONS])}]"
        raise Refused(
            f"starting exec operation: adding exec operation: {asked}: no application found"
        )
    return list(dict.fromkeys([*found, *call[MACHINES], *call[UNITS]]))
