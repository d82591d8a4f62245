# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju set-constraints`."""

from __future__ import annotations

from onebox.client import Client
from onebox.console import Flags
from onebox.flags import Parsed, UsageError
from onebox.focus import MODEL, model_of
from onebox.values import constraints

NAME = "set-constraints"
ALIASES = ()
HELP = """
Usage: juju set-constraints [options] <application> [<constraint>=<value> ...]

Records the constraints of an application; one machine cannot choose.

    juju set-constraints kafka mem=8G cores=4
"""


def flags() -> Flags:
    """What may be given."""
    return [MODEL]


def run(client: Client, args: Parsed) -> int:
    """Record them, silently."""
    if not args.args:
        raise UsageError("no application name specified")
    name, *words = args.args
    text = " ".join(words)
    constraints(text)
    client.call("set_constraints", model=model_of(args), application=name, constraints=text)
    return 0
