# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju set-constraints`."""

from __future__ import annotations

from onebox.commands._call import Call
from onebox.flags import takes
from onebox.focus import MODEL
from onebox.values import constraints

HELP = """
Usage: juju set-constraints [options] <application> [<constraint>=<value> ...]

Records the constraints of an application; one machine cannot choose.

    juju set-constraints kafka mem=8G cores=4
"""

FLAGS = (MODEL,)
TAKES = takes("no application name specified")


def run(call: Call) -> None:
    """Record them, silently."""
    name, *words = call.words
    text = " ".join(words)
    constraints(text)
    call.ask("set_constraints", application=name, constraints=text)
