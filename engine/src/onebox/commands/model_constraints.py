# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the constraints of the model. They are recorded; one machine cannot choose.

Examples:
    juju model-constraints
    juju model-constraints --format json
"""

from onebox.commands._call import Call
from onebox.console import OUTPUT
from onebox.flags import output_format, takes
from onebox.values import constraints, constraints_text

ALIASES = ("get-model-constraints",)
FORMAT = output_format(("constraints", "json", "yaml"), "constraints")

FLAGS = (FORMAT, OUTPUT)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print them."""
    found = constraints(call.snapshot()["constraints"])
    call.show(found, lambda: f"{constraints_text(found)}\n" if found else "", form=call[FORMAT])
