# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists what was run, oldest first, at most 50 at a time.

Examples:
    juju operations
    juju operations --apps kafka --status failed
    juju operations --offset 50 --limit 10
"""

from onebox.commands._call import Call, Json
from onebox.console import DATED, UTC, tell
from onebox.flags import UsageError, comma_separated, number, output_format, takes
from onebox.names import valid
from onebox.render.tasks import operation, operations_table

ALIASES = ("list-operations",)

FORMAT = output_format(("plain", "tabular", "json", "yaml"), "plain")
APPS = comma_separated("apps", "applications", help="Comma separated list of applications")
UNITS = comma_separated("units", help="Comma separated list of units")
MACHINES = comma_separated("machines", help="Comma separated list of machines")
ACTIONS = comma_separated("actions", help="Comma separated list of actions")
STATUS = comma_separated("status", help="Comma separated list of operation status values")
LIMIT = number("limit", help="The maximum number of operations to return")
OFFSET = number("offset", help="Return operations from offset onwards")

_PAGE = 50
_STATUSES = (
    *("pending", "running", "completed", "failed", "cancelled"),
    *("aborting", "aborted", "error"),
)

FLAGS = (FORMAT, APPS, UNITS, MACHINES, ACTIONS, STATUS, LIMIT, OFFSET, *DATED)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print those that match, no more than a page of them."""
    _refuse_misspelt(call)
    model = call.snapshot()
    every = sorted(model["operations"].values(), key=lambda op: op["id"])
    pairs = [(op, [model["tasks"][str(id_)] for id_ in op["tasks"]]) for op in every]
    rest = [pair for pair in pairs if _wanted(pair[1], call)][call[OFFSET] :]
    size = call[LIMIT] if 0 < call[LIMIT] < _PAGE else _PAGE
    found = rest[:size]
    if not found:
        tell("no matching operations")
        return
    head = _heading(call, len(found), cut=len(rest) > size)
    shown = {str(op["id"]): operation(op, tasks, call[UTC]) for op, tasks in found}
    call.show(
        shown, lambda: head + operations_table(found, call[UTC], call.colour), form=call[FORMAT]
    )


def _refuse_misspelt(call: Call) -> None:
    wrong = [f'invalid application name "{a}"' for a in call[APPS] if not valid("application", a)]
    wrong += [f'invalid unit name "{unit}"' for unit in call[UNITS] if not valid("unit", unit)]
    wrong += [f'invalid machine id "{m}"' for m in call[MACHINES] if not valid("machine", m)]
    listed = " ".join(_STATUSES)
    wrong += [
        f'"{status}" is not a valid task status, want one of [{listed}]'
        for status in call[STATUS]
        if status not in _STATUSES
    ]
    if wrong:
        raise UsageError("\n".join(wrong))


def _heading(call: Call, count: int, *, cut: bool) -> str:
    """Which part of all this is, and how to see the next one; nothing when it is all."""
    if not call[OFFSET] and not cut:
        return ""
    first = call[OFFSET]
    text = f"Displaying operation results {first + 1} to {first + count}.\n"
    if cut:
        size = call[LIMIT] or _PAGE
        text += (
            f"Run the command again with --offset={first + size} --limit={size} "
            "to see the next batch.\n\n"
        )
    return text


def _wanted(tasks: list[Json], call: Call) -> bool:
    """Whether any task is of an action, in a status, and for somebody that was asked for."""
    who = {*call[APPS], *call[UNITS], *call[MACHINES]}
    receivers = {name for t in tasks for name in (t["unit"], t["unit"].partition("/")[0])}
    checks = (
        (who, receivers),
        (call[ACTIONS], {task["action"] for task in tasks}),
        (call[STATUS], {task["status"] for task in tasks}),
    )
    return all(not asked or set(asked) & has for asked, has in checks)
