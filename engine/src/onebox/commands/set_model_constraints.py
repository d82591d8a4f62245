# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju set-model-constraints`."""

from __future__ import annotations

from onebox.client import Client
from onebox.flags import Parsed
from onebox.focus import MODEL, model_of
from onebox.values import constraints

HELP = """
Usage: juju set-model-constraints [options] <constraint>=<value> ...

Records the constraints of the model's machines; one machine cannot choose.

    juju set-model-constraints cores=8 mem=16G
"""

FLAGS = (MODEL,)


def run(client: Client, args: Parsed) -> int:
    """Record them, silently."""
    text = " ".join(args.args)
    constraints(text)
    client.call("set_model_constraints", model=model_of(args), constraints=text)
    return 0
