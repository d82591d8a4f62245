# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows an operation with all its tasks.

Examples:
    juju show-operation 2
    juju show-operation 2 --wait 2m
"""

from onebox.commands._call import DOCUMENT, Call
from onebox.commands._following import WAIT, WATCH, followed, patience
from onebox.console import OUTPUT, UTC
from onebox.errors import known
from onebox.flags import UsageError, takes
from onebox.render.tasks import operation

FLAGS = (DOCUMENT, WAIT, WATCH, OUTPUT, UTC)
TAKES = takes("<operation-id>", "no operation ID specified", most=1)


def run(call: Call) -> None:
    """Print it, perhaps after waiting."""
    wait = patience(call)
    if not call.words[0].isdecimal():
        raise UsageError(f'operation ID "{call.words[0]}" not valid')
    snapshot = call.snapshot()
    found = known(snapshot["operations"], "operation", call.words[0])
    tasks = [snapshot["tasks"][str(id_)] for id_ in found["tasks"]]
    if wait is not None:
        tasks = followed(call, wait, found["id"])
    call.show(operation(found, tasks, call[UTC]))
