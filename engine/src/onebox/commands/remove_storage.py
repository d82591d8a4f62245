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
TAKES = takes("<storage id> ...", "remove-storage requires at least one storage ID")

_ATTACHED = "storage is attached"
_HINT = """
Use the --force option to remove attached storage, or use
"juju detach-storage" to explicitly detach the storage
before removing."""


def run(call: Call) -> int:
    """Remove each and say so; one that cannot be does not spare the others."""
    failed: dict[str, str] = {}
    for id_ in call.words:
        try:
            _remove(call, id_)
        except Refused as error:  # noqa: PERF203 - one refusal does not spare the others
            failed[id_] = error.message
        else:
            tell(f"removing {id_}")
    for id_, reason in failed.items():
        tell(f"failed to remove {id_}: {reason}")
    if _ATTACHED in failed.values():
        tell(_HINT)
    return 1 if failed else 0


def _remove(call: Call, id_: str) -> None:
    if not call[FORCE] and call.snapshot()["storage"].get(id_, {}).get("owner"):
        raise Refused(_ATTACHED)
    call.ask("remove_storage", instance=id_)
