# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the version of Juju whose commands and hooks this engine speaks.

Examples:
    juju version
    juju version --all --format json
"""

from onebox import host, persona
from onebox.commands._call import Call
from onebox.console import OUTPUT
from onebox.flags import output_format, switch, takes

ALL = switch("all", help="Prints all version information")
FORMAT = output_format(("smart", "json", "yaml"), "smart")

OF_A_MODEL = False
FLAGS = (ALL, FORMAT, OUTPUT)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print it; the engine need not run."""
    text = f"{persona.VERSION}-genericlinux-{host.architecture()}"
    if call[ALL]:
        details = {"version": text, "git-tree-state": "clean", "compiler": "onebox"}
        call.show({**details, "official": False}, form=call[FORMAT])
    else:
        call.show(text, lambda: f"{text}\n", form=call[FORMAT])
