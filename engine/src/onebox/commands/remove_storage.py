# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Removes storage for good; what is attached goes only with --force, after its last hook.

Examples:
    juju remove-storage data/0
    juju remove-storage data/1 --force
"""

from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import switch, takes

FORCE = switch("force", help="Remove storage even if it is currently attached")
NO_DESTROY = switch("no-destroy", help="Remove the storage without destroying it; ignored")

FLAGS = (FORCE, NO_DESTROY)
TAKES = takes("<storage id> ...", "remove-storage requires a storage ID")


def run(call: Call) -> None:
    """Remove each and say so."""
    for id_ in call.words:
        attached = call.snapshot()["storage"].get(id_, {}).get("owner")
        if attached and not call[FORCE]:
            raise Refused(
                f"failed to remove {id_}: storage is attached\n\n"
                "Use the --force option to remove attached storage, or use\n"
                '"juju detach-storage" to explicitly detach the storage\nbefore removing.'
            )
        call.ask("remove_storage", instance=id_)
        tell(f"removing {id_}")
