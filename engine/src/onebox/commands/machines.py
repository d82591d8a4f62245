# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lists the machines of the model: each an address, a name and a directory on this host.

Examples:
    juju machines
"""

from datetime import datetime, timezone
from typing import Any

from onebox import host
from onebox.commands._call import TABULAR, Call
from onebox.console import DATED, UTC
from onebox.flags import takes
from onebox.render.status import document, machines_for_yaml
from onebox.render.status_table import machines

ALIASES = ("list-machines",)

FLAGS = (TABULAR, *DATED)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print them."""
    model = call.snapshot()
    found = described(call, model, call[TABULAR])
    shown = {"model": model["name"], "machines": found}
    call.show(shown, lambda: machines(found, call.colour))


def described(call: Call, model: dict[str, Any], form: str) -> dict[str, Any]:
    """The machines of a model as `--format` shows them; containers are in their machines."""
    now = datetime.now(timezone.utc)
    found = document(model, now=now, utc=call[UTC], hardware=host.hardware())["machines"]
    return machines_for_yaml(found) if form == "yaml" else found
