# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Attaches storage that was detached to a unit, with all it holds.

Examples:
    juju attach-storage kafka/3 data/0
"""

from onebox.commands._call import Call
from onebox.console import tell
from onebox.errors import Refused
from onebox.flags import takes

TAKES = takes(
    "<unit> <storage> [<storage> ...]",
    *["attach-storage requires a unit ID and at least one storage ID"] * 2,
)


def run(call: Call) -> int:
    """Attach each and say so; one that cannot be does not spare the others."""
    unit, *instances = call.words
    code = 0
    for instance in instances:
        try:
            call.ask("attach_storage", unit=unit, instance=instance)
        except Refused as error:  # noqa: PERF203 - one refusal does not spare the others
            tell(f"failed to attach {instance} to {unit}: {error.message}")
            code = 1
        else:
            tell(f"attaching {instance} to {unit}")
    return code
