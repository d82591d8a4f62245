# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-task`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands._following import Follower
from onebox.console import DATED, UTC, show
from onebox.errors import Refused
from onebox.flags import Parsed, duration, output_format, switch, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.tasks import plain, receiver

HELP = """
Usage: juju show-task [options] <task ID>

Shows one task and its results.

    juju show-task 3
    juju show-task 3 --wait 2m
"""

FORMAT = output_format(("plain", "json", "yaml"), "plain")
WAIT = duration("wait", default=-1.0, help="Maximum wait time for a task to complete")
WATCH = switch("watch", help="Wait indefinitely for results")

FLAGS = (FORMAT, WAIT, WATCH, MODEL, *DATED)
TAKES = takes("no task ID specified", most=1)


def run(client: Client, args: Parsed) -> int:
    """Print it, perhaps after waiting."""
    model = model_of(args)
    tasks = client.call("snapshot", model=model)["tasks"]
    task = tasks.get(args.args[0])
    if task is None:
        raise Refused("id not found", "not-found")
    if args[WATCH] or args[WAIT] >= 0:
        wait = -1.0 if args[WATCH] else args[WAIT]
        done = Follower(client, model, wait, False).follow(task["operation"], args[UTC])
        task = next(t for t in done if t["id"] == task["id"])
    one = receiver(task, args[UTC])
    show(plain([task]) if args[FORMAT] == "plain" else formatted(one, args[FORMAT]))
    return 0
