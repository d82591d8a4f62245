# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""action-get, action-set, action-fail, action-log."""

from typing import Any, cast

from onebox.flags import UsageError, quote
from onebox.hooktools.context import Context
from onebox.hooktools.tool import SMART_FORMAT, Call, tool
from onebox.names import valid
from onebox.render.document import ordered

RESERVED = ("stdout", "stdout-encoding", "stderr", "stderr-encoding")
NO_REASON = "action failed without reason given, check action for errors"


@tool("action-get [<key>[.<key>.<key>...]]", "Get action parameters.", form=SMART_FORMAT)
def action_get(context: Context, call: Call) -> Any:
    """All parameters, or what a dotted key leads to; nothing where it leads nowhere."""
    call.at_most(1)
    found: Any = context.action.parameters
    for key in call.arg(0).split(".") if call.arg(0) else ():
        inner = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        found = inner.get(key)
    return ordered(found)


@tool("action-set <key>=<value> [<key>=<value> ...]", "Set action results.")
def action_set(context: Context, call: Call) -> None:
    """Add results; a dotted key makes a map of maps."""
    entries = [_entry(argument) for argument in call.args]
    results = context.result.results
    for keys, value in entries:
        _put(results, keys, value)


def _entry(argument: str) -> tuple[list[str], str]:
    name, equals, value = argument.partition("=")
    if not equals:
        raise UsageError(f"argument {quote(argument)} must be of the form key...=value")
    keys = name.split(".")
    for key in keys:
        if not valid("action", key):
            raise UsageError(
                f"key {quote(key)} must start and end with lowercase alphanumeric, "
                "and contain only lowercase alphanumeric and hyphens"
            )
        if key in RESERVED:
            raise UsageError(f"cannot set reserved action key {quote(key)}")
    return keys, value


def _put(results: dict[str, Any], keys: list[str], value: str) -> None:
    """A later value takes the place of an earlier one, were that a map."""
    for key in keys[:-1]:
        inner = results.get(key)
        if not isinstance(inner, dict):
            inner = results[key] = {}
        results = cast("dict[str, Any]", inner)
    results[keys[-1]] = value


@tool('action-fail ["<failure message>"]', "Set action fail status with message.")
def action_fail(context: Context, call: Call) -> None:
    """The action has failed, however its script ends; the last message counts."""
    call.at_most(1)
    context.result.failure = call.arg(0) or NO_REASON


@tool("action-log <message>", "Record a progress message for the current action.")
def action_log(context: Context, call: Call) -> None:
    """A line that whoever runs the action sees at once."""
    if not call.args:
        raise UsageError("no message specified")
    context.services.log_action(context.action.id, " ".join(call.args))
