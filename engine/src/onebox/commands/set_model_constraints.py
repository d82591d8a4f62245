# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Records the constraints of the model's machines; one machine cannot choose.

Examples:
    juju set-model-constraints cores=8 mem=16G
"""

from onebox.commands._call import Call
from onebox.flags import takes
from onebox.values import asked_constraints

TAKES = takes("<constraint>=<value> ...")


def run(call: Call) -> None:
    """Record them, silently."""
    text = asked_constraints(call.words)
    call.ask("set_model_constraints", constraints=text)
