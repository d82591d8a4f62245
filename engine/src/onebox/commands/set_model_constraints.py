# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju set-model-constraints`."""

from __future__ import annotations

from onebox.commands._call import Call
from onebox.focus import MODEL
from onebox.values import constraints

HELP = """
Usage: juju set-model-constraints [options] <constraint>=<value> ...

Records the constraints of the model's machines; one machine cannot choose.

    juju set-model-constraints cores=8 mem=16G
"""

FLAGS = (MODEL,)


def run(call: Call) -> None:
    """Record them, silently."""
    text = " ".join(call.words)
    constraints(text)
    call.ask("set_model_constraints", constraints=text)
