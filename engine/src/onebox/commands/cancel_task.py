# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju cancel-task`."""

from __future__ import annotations

from onebox import console
from onebox.client import Client
from onebox.console import OUTPUT
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, output_format
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.tasks import cancelled

FORMAT = output_format(("json", "smart", "yaml"), "yaml")
HELP = """
Usage: juju cancel-task [options] (<task-id>|<task-id-prefix>) [...]

Cancels tasks that wait, and ends those that run.

    juju cancel-task 3
"""

FLAGS = (FORMAT, MODEL, OUTPUT)


def run(client: Client, args: Parsed) -> int:
    """Cancel each and show what became of it; one that cannot be is only warned about."""
    for id_ in args.args:
        if not id_.isdecimal():
            raise UsageError(f'task ID "{id_}" not valid')
    if not args.args:
        raise Refused("no task IDs specified")
    model = model_of(args)
    tasks = client.call("snapshot", model=model)["tasks"]
    reasons = {id_: _cancel(client, model, id_, id_ in tasks) for id_ in args.args}
    tasks = client.call("snapshot", model=model)["tasks"]
    done = [cancelled(tasks[id_]) for id_, why in reasons.items() if why is None]
    if done:
        console.show(formatted({"actions": done}, args[FORMAT]))
    failed = [f"task: {id_}, error: {why}" for id_, why in reasons.items() if why is not None]
    if failed:
        console.warn("The following tasks could not be canceled:\n" + "\n".join(failed))
    return 0


def _cancel(client: Client, model: str, id_: str, known: bool) -> str | None:
    """Why the task cannot be cancelled; Juju gives no reason for one that is not there."""
    if not known:
        return ""
    try:
        client.call("cancel_task", model=model, id=int(id_))
    except Refused as error:
        return error.message
    return None
