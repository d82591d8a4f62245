# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""juju-log."""

from onebox.flags import UsageError, option, quote, switch
from onebox.hooktools.context import Context
from onebox.hooktools.tool import OLD_FORMAT, Call, tool

DEBUG = switch("debug", help="Log at debug level")
LEVEL = option("l", "log-level", default="INFO", help="Send log message at the given level")
LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@tool("juju-log <message>", "Write a message to the juju log.", DEBUG, LEVEL, OLD_FORMAT)
def juju_log(context: Context, call: Call) -> None:
    """One line of the unit's log, with the relation that the hook is about."""
    if not call.args:
        raise UsageError("no message specified")
    module = f"unit.{context.unit_name}.juju-log"
    level = "DEBUG" if call[DEBUG] else _level(context, module, call[LEVEL])
    context.services.log(module, level, _prefix(context) + " ".join(call.args))


def _level(context: Context, module: str, name: str) -> str:
    known = {"WARN": "WARNING", **{level: level for level in LEVELS}}.get(name.upper())
    if known is None and name:
        message = f"Specified log level of {quote(name)} is not valid"
        context.services.log(module, "WARNING", message)
    return known or "INFO"


def _prefix(context: Context) -> str:
    relation = context.view.relations.get(
        -1 if context.hook.relation is None else context.hook.relation
    )
    if relation is None:
        return ""
    return f"{relation.endpoint_of(context.app_name).name}:{relation.id}: "
