# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju set-constraints`."""

from __future__ import annotations

from onebox.client import Client
from onebox.flags import Parsed, takes
from onebox.focus import MODEL, model_of
from onebox.values import constraints

HELP = """
Usage: juju set-constraints [options] <application> [<constraint>=<value> ...]

Records the constraints of an application; one machine cannot choose.

    juju set-constraints kafka mem=8G cores=4
"""

FLAGS = (MODEL,)
TAKES = takes("no application name specified")


def run(client: Client, args: Parsed) -> int:
    """Record them, silently."""
    name, *words = args.args
    text = " ".join(words)
    constraints(text)
    client.call("set_constraints", model=model_of(args), application=name, constraints=text)
    return 0
