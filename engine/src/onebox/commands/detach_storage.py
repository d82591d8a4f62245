# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Detaches storage from its unit, after its last hook there; what it holds stays.

Examples:
    juju detach-storage data/1
"""

from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import switch, takes

FORCE = switch("force", help="Forcefully detach storage; ignored")
NO_WAIT = switch("no-wait", help="Rush through detachment without waiting; ignored")

FLAGS = (FORCE, NO_WAIT)
TAKES = takes("<storage id> ...", "detach-storage requires at least one storage ID")


def run(call: Call) -> int:
    """Detach each and say so; one that cannot be does not spare the others."""
    code = 0
    for instance in call.words:
        try:
            call.ask("detach_storage", instance=instance)
        except Refused as error:  # noqa: PERF203 - one refusal does not spare the others
            tell(f"failed to detach {instance}: {error.message}")
            code = 1
        else:
            tell(f"detaching {instance}")
    return code
