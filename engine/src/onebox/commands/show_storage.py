# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows storage instances and where each is attached.

Examples:
    juju show-storage data/0
"""

from onebox.commands._call import DOCUMENT, Call
from onebox.console import OUTPUT, UTC
from onebox.errors import Refused
from onebox.flags import takes
from onebox.names import valid
from onebox.render.storage import combined

FLAGS = (DOCUMENT, OUTPUT, UTC)
TAKES = takes("<storage id> ...", "must specify storage ID(s)")


def run(call: Call) -> None:
    """Print them."""
    for name in call.words:
        # A storage's id is made like the name of a unit.
        if not valid("unit", name):
            raise Refused(f"invalid storage ID {name}")
    known = combined(call.snapshot(), call[UTC]).get("storage", {})
    unknown = [f'storage instance "{name}" not found' for name in call.words if name not in known]
    if unknown:
        raise Refused("\n".join(unknown), "not-found")
    call.show({name: known[name] for name in call.words})
