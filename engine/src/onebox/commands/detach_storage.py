# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Detaches storage after its last hook. It lies on its unit's machine, so this is also its end.

Examples:
    juju detach-storage data/1
"""

from onebox.commands._call import Call
from onebox.console import tell
from onebox.flags import switch, takes

FORCE = switch("force", help="Forcefully detach storage; ignored")
NO_WAIT = switch("no-wait", help="Rush through detachment without waiting; ignored")

FLAGS = (FORCE, NO_WAIT)
TAKES = takes("<storage id> ...", "detach-storage requires a storage ID")


def run(call: Call) -> None:
    """Detach each and say so."""
    for id_ in call.words:
        call.ask("detach_storage", id=id_)
        tell(f"detaching {id_}")
