# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows what there is to know about an application.

Examples:
    juju show-application kafka
"""

from onebox import host
from onebox.commands._call import Call
from onebox.console import OUTPUT
from onebox.errors import Refused
from onebox.flags import UsageError, output_format, takes
from onebox.names import valid
from onebox.render.applications import show_application

FORMAT = output_format(("yaml", "json", "smart"), "yaml")

FLAGS = (FORMAT, OUTPUT)
TAKES = takes("<application name or alias>", "an application name must be supplied")


def run(call: Call) -> None:
    """Print it."""
    if wrong := [name for name in call.words if not valid("application", name)]:
        noun = "application name" if len(wrong) == 1 else "application names"
        raise UsageError(f"{noun} {', '.join(wrong)} not valid")
    model = call.snapshot()
    if unknown := [name for name in call.words if name not in model["applications"]]:
        raise Refused("\n".join(f"application {n} not found" for n in unknown), "not-found")
    found = {name: show_application(model, name, host.architecture()) for name in call.words}
    call.show(found, form=call[FORMAT])
