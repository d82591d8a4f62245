# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit does next: Juju's order of precedence, as a table of rules.

Pure: the model and the time go in, one step comes out. What a step leaves behind is told by
`onebox.changes.hooks`. Asking again without having done the step gives the same step.
"""

from onebox.scheduler._rules import next_step
from onebox.scheduler._steps import (
    Deploy,
    Destroy,
    Note,
    RunCommands,
    RunHook,
    RunTask,
    Step,
    Wait,
)

__all__ = [
    "Deploy",
    "Destroy",
    "Note",
    "RunCommands",
    "RunHook",
    "RunTask",
    "Step",
    "Wait",
    "next_step",
]
