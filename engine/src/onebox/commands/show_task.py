# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows one task and its results.

Examples:
    juju show-task 3
    juju show-task 3 --wait 2m
"""

from onebox.commands._call import Call
from onebox.commands._following import WAIT, WATCH, followed, patience
from onebox.console import DATED, UTC
from onebox.errors import Refused
from onebox.flags import UsageError, output_format, takes
from onebox.render.tasks import FINISHED, plain, receiver

FORMAT = output_format(("plain", "json", "yaml"), "plain")

FLAGS = (FORMAT, WAIT, WATCH, *DATED)
TAKES = takes("<task ID>", "no task ID specified", most=1)


def run(call: Call) -> None:
    """Print it, perhaps after waiting."""
    wait, wanted = patience(call), call.words[0]
    if not wanted.isdecimal():
        raise UsageError(f'task ID "{wanted}" not valid')
    tasks = call.snapshot()["tasks"]
    task = tasks.get(wanted)
    if task is None:
        raise Refused("id not found", "not-found")
    if wait is not None and task["status"] not in FINISHED:
        (task,) = followed(call, wait, task["operation"], task["id"])
    call.show(receiver(task, call[UTC]), lambda: plain([task]), form=call[FORMAT])
