# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-task`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands._following import WAIT, WATCH, followed, patience
from onebox.console import DATED, UTC, show
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.tasks import FINISHED, plain, receiver

HELP = """
Usage: juju show-task [options] <task ID>

Shows one task and its results.

    juju show-task 3
    juju show-task 3 --wait 2m
"""

FORMAT = output_format(("plain", "json", "yaml"), "plain")

FLAGS = (FORMAT, WAIT, WATCH, MODEL, *DATED)
TAKES = takes("no task ID specified", most=1)


def run(client: Client, args: Parsed) -> int:
    """Print it, perhaps after waiting."""
    wait, wanted, model = patience(args), args.args[0], model_of(args)
    if not wanted.isdecimal():
        raise UsageError(f'task ID "{wanted}" not valid')
    tasks = client.call("snapshot", model=model)["tasks"]
    task = tasks.get(wanted)
    if task is None:
        raise Refused("id not found", "not-found")
    if wait is not None and task["status"] not in FINISHED:
        (task,) = followed(client, model, wait, task["operation"], args[UTC], task["id"])
    one = receiver(task, args[UTC])
    show(plain([task]) if args[FORMAT] == "plain" else formatted(one, args[FORMAT]))
    return 0
