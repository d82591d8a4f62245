# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju run`."""

from __future__ import annotations

import re
from typing import Any

from onebox import console
from onebox.client import Client
from onebox.commands._following import Follower, announce, scheduled, unscheduled
from onebox.console import DATED, UTC, show
from onebox.flags import Parsed, UsageError, duration, option, output_format, switch
from onebox.focus import MODEL, model_of
from onebox.names import valid
from onebox.render.document import formatted
from onebox.render.tasks import failures, plain, receivers
from onebox.values import merged, parameters, yaml_mapping

HELP = """
Usage: juju run [options] <unit> [<unit> ...] <action-name> [<key>[.<key> ...]=<value> ...]

Runs an action on units and waits for its results.

    juju run kafka/leader list-topics
    juju run kafka/0 kafka/1 get-listeners --format json
    juju run day2/leader performance-report --background
    juju run spark/leader submit --params job.yaml --wait 10m
"""

FORMAT = output_format(("plain", "json", "yaml"), "plain")
PARAMS = option("params", help="Path to yaml-formatted params file")
STRINGS = switch("string-args", help="Use raw string values of CLI args")
WAIT = duration("wait", default=60.0, help="Maximum wait time for a task to complete")
BACKGROUND = switch("background", help="Run the task in the background")

_ACTION = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")

FLAGS = (FORMAT, PARAMS, STRINGS, WAIT, BACKGROUND, MODEL, *DATED)


def run(client: Client, args: Parsed) -> int:
    """Queue the action, then wait for it or say where to look."""
    units, action, given = _split(args.args)
    if args[BACKGROUND] and args.given(WAIT):
        raise UsageError("cannot specify both --wait and --background")
    values = parameters(given, as_text=args[STRINGS])
    if args[PARAMS]:
        values = merged(yaml_mapping(args[PARAMS]), values)
    model = model_of(args)
    follower = Follower(client, model, args[WAIT] or WAIT.default, True)
    operation = client.call(
        "enqueue", model=model, targets=units, action=action, parameters=values
    )
    if not operation["tasks"]:
        console.tell()
        unscheduled(operation)
        return 0
    tasks = client.call("operation", model=model, id=operation["id"])["tasks"]
    if args[BACKGROUND]:
        scheduled(operation, tasks)
        return 0
    announce(operation, tasks)
    done = follower.follow(operation["id"], args[UTC])
    return report(done, args[FORMAT], plain(done), args[UTC])


def report(tasks: list[dict[str, Any]], form: str, text: str, utc: bool) -> int:
    """Print results, then the scripts that ended with another code than 0; the exit code."""
    show(text if form == "plain" else formatted(receivers(tasks, utc), form))
    if failed := failures(tasks):
        console.error(failed)
        return 1
    return 0


def _split(words: tuple[str, ...]) -> tuple[list[str], str, list[str]]:
    """(units, action, parameters): leading words that name units, one more, and the rest."""
    units: list[str] = []
    for word in words:
        if not valid("unit", word) and not valid("leader", word):
            break
        units.append(word)
    rest = words[len(units) :]
    if not units:
        if words and "/" in words[0]:
            raise UsageError(f'invalid unit or action name "{words[0]}"')
        raise UsageError("no unit specified")
    if not rest:
        raise UsageError("no action specified")
    if not _ACTION.fullmatch(rest[0]):
        raise UsageError(f'invalid unit or action name "{rest[0]}"')
    if len({unit.partition("/")[0] for unit in units}) > 1:
        raise UsageError("all units must be of the same application")
    return units, rest[0], list(rest[1:])
