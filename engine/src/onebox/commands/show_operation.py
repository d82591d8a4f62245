# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-operation`."""

from __future__ import annotations

from onebox.client import Client
from onebox.commands._following import WAIT, WATCH, followed, patience
from onebox.console import OUTPUT, UTC, show
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.tasks import operation

HELP = """
Usage: juju show-operation [options] <operation-id>

Shows an operation with all its tasks.

    juju show-operation 2
    juju show-operation 2 --wait 2m
"""

FORMAT = output_format(("json", "yaml"), "yaml")

FLAGS = (FORMAT, WAIT, WATCH, MODEL, OUTPUT, UTC)
TAKES = takes("no operation ID specified", most=1)


def run(client: Client, args: Parsed) -> int:
    """Print it, perhaps after waiting."""
    wait = patience(args)
    model, wanted = model_of(args), args.args[0]
    snapshot = client.call("snapshot", model=model)
    found = snapshot["operations"].get(wanted)
    if found is None:
        raise Refused(f'operation "{wanted}" not found', "not-found")
    tasks = [snapshot["tasks"][str(id_)] for id_ in found["tasks"]]
    if wait is not None:
        tasks = followed(client, model, wait, found["id"], args[UTC])
    show(formatted(operation(found, tasks, args[UTC]), args[FORMAT]))
    return 0
