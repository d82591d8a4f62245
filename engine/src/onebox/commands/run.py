# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs an action on units and waits for its results.

Examples:
    juju run kafka/leader list-topics
    juju run kafka/0 kafka/1 get-listeners --format json
    juju run day2/leader performance-report --background
    juju run spark/leader submit --params job.yaml --wait 10m
"""

from onebox.commands._call import Call
from onebox.commands._following import queued, report
from onebox.console import DATED
from onebox.flags import UsageError, duration, option, output_format, switch, takes
from onebox.names import valid
from onebox.render.tasks import plain
from onebox.values import merged, parameters, yaml_mapping

FORMAT = output_format(("plain", "json", "yaml"), "plain")
PARAMS = option("params", help="Path to yaml-formatted params file")
STRINGS = switch("string-args", help="Use raw string values of CLI args")
WAIT = duration("wait", default=60.0, help="Maximum wait time for a task to complete")
BACKGROUND = switch("background", help="Run the task in the background")


FLAGS = (FORMAT, PARAMS, STRINGS, WAIT, BACKGROUND, *DATED)
TAKES = takes("<unit> [<unit> ...] <action-name> [<key>[.<key> ...]=<value> ...]")


def run(call: Call) -> int:
    """Queue the action, then wait for it or say where to look."""
    units, action, given = _split(call.words)
    if call[BACKGROUND] and call.given(WAIT):
        raise UsageError("cannot specify both --wait and --background")
    values = parameters(given, as_text=call[STRINGS])
    if call[PARAMS]:
        values = merged(yaml_mapping(call[PARAMS]), values)
    asked = {"targets": units, "action": action, "parameters": values}
    done = queued(call, asked, call[WAIT] or WAIT.default, background=call[BACKGROUND])
    return report(call, done, plain, call[FORMAT])


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
    if not valid("action", rest[0]):
        raise UsageError(f'invalid unit or action name "{rest[0]}"')
    if len({unit.partition("/")[0] for unit in units}) > 1:
        raise UsageError("all units must be of the same application")
    return units, rest[0], list(rest[1:])
