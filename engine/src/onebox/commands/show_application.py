# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju show-application`."""

from __future__ import annotations

from onebox import host
from onebox.client import Client
from onebox.console import OUTPUT, show
from onebox.errors import Refused
from onebox.flags import Parsed, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.applications import show_application
from onebox.render.document import formatted

HELP = """
Usage: juju show-application [options] <application name or alias>

Shows what there is to know about an application.

    juju show-application kafka
"""

FORMAT = output_format(("yaml", "json", "smart"), "yaml")

FLAGS = (FORMAT, MODEL, OUTPUT)
TAKES = takes("an application name must be supplied")


def run(client: Client, args: Parsed) -> int:
    """Print it."""
    model = client.call("snapshot", model=model_of(args))
    for name in args.args:
        if name not in model["applications"]:
            raise Refused(f"application {name} not found", "not-found")
    found = {name: show_application(model, name, host.architecture()) for name in args.args}
    show(formatted(found, "json" if args[FORMAT] == "json" else "yaml"))
    return 0
