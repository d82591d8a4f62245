# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Cancels tasks that wait, and ends those that run.

Examples:
    juju cancel-task 3
"""

from onebox.commands._call import Call
from onebox.console import OUTPUT, warn
from onebox.errors import Refused
from onebox.flags import UsageError, output_format, takes
from onebox.render.tasks import cancelled

FORMAT = output_format(("json", "smart", "yaml"), "yaml")
FLAGS = (FORMAT, OUTPUT)
TAKES = takes("(<task-id>|<task-id-prefix>) [...]")


def run(call: Call) -> None:
    """Cancel each and show what became of it; one that cannot be is only warned about."""
    for id_ in call.words:
        if not id_.isdecimal():
            raise UsageError(f'task ID "{id_}" not valid')
    if not call.words:
        raise Refused("no task IDs specified")
    tasks = call.snapshot()["tasks"]
    reasons = {id_: _cancel(call, id_, id_ in tasks) for id_ in call.words}
    tasks = call.snapshot()["tasks"]
    done = [cancelled(tasks[id_]) for id_, why in reasons.items() if why is None]
    if done:
        call.show({"actions": done}, form=call[FORMAT])
    failed = [f"task: {id_}, error: {why}" for id_, why in reasons.items() if why is not None]
    if failed:
        warn("The following tasks could not be canceled:\n" + "\n".join(failed))


def _cancel(call: Call, id_: str, known: bool) -> str | None:
    """Why the task cannot be cancelled; Juju gives no reason for one that is not there."""
    if not known:
        return ""
    try:
        call.ask("cancel_task", id=int(id_))
    except Refused as error:
        return error.message
    return None
