# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit may do next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from onebox.model import Hook


@dataclass(frozen=True)
class RunHook:
    """Start the charm for this hook."""

    hook: Hook


@dataclass(frozen=True)
class RunTask:
    """Run an action, or a `juju exec` script."""

    id: int


@dataclass(frozen=True)
class RunCommands:
    """Run what a process of the unit asked for with `juju-exec`."""


@dataclass(frozen=True)
class Deploy:
    """Put the files of the application's charm in place."""


@dataclass(frozen=True)
class Note:
    """Write something down; no process runs."""

    what: Literal["resign", "leave", "forget", "skip"]
    relation: int | None = None


@dataclass(frozen=True)
class Destroy:
    """End everything of the unit: it has run its last hook."""


@dataclass(frozen=True)
class Wait:
    """Nothing to do before `until`, or before the model changes."""

    until: datetime | None = None


Step = RunHook | RunTask | RunCommands | Deploy | Note | Destroy | Wait
