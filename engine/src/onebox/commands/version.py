# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju version`."""

from __future__ import annotations

from onebox import host, persona
from onebox.client import Client
from onebox.console import OUTPUT, show
from onebox.flags import Parsed, output_format, switch, takes

HELP = """
Usage: juju version [options]

Prints the version of Juju whose commands and hooks this engine speaks.

    juju version
    juju version --all --format json
"""

ALL = switch("all", help="Prints all version information")
FORMAT = output_format(("smart", "json", "yaml"), "smart")

FLAGS = (ALL, FORMAT, OUTPUT)
TAKES = takes(most=0)


def run(client: Client, args: Parsed) -> int:
    """Print it; the engine need not run."""
    from onebox.render.document import formatted

    text = f"{persona.VERSION}-genericlinux-{host.architecture()}"
    if not args[ALL]:
        show(text + "\n" if args[FORMAT] == "smart" else formatted(text, args[FORMAT]))
        return 0
    details = {"version": text, "git-tree-state": "clean", "compiler": "onebox"}
    show(formatted({**details, "official": False}, args[FORMAT]))
    return 0
