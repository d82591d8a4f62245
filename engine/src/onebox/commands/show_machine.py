# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows what there is to know about machines.

Examples:
    juju show-machine 0
"""

from onebox.commands._call import Call
from onebox.commands.machines import described
from onebox.console import DATED
from onebox.flags import output_format, takes
from onebox.render.status import all_machines
from onebox.render.status_table import machines

FORMAT = output_format(("tabular", "json", "yaml"), "yaml")

FLAGS = (FORMAT, *DATED)
TAKES = takes("<machine id> ...")


def run(call: Call) -> None:
    """Print them, all without a name; one that is not there is left out, as by Juju."""
    model = call.snapshot()
    every = all_machines(described(call, model, call[FORMAT]))
    found = {name: found for name, found in every.items() if name in (call.words or every)}
    shown = {"model": model["name"], "machines": found}
    call.show(shown, lambda: machines(found, call.colour), form=call[FORMAT])
