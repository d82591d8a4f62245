# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The unit's alarm clock: a process, `timer.py`, and the time that it waits for."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import dataops
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceManager
from dataops.host.wake import juju_exec

NAME = "timer"
_PROGRAM = Path(__file__).parent / "timer.py"
_LIBRARY = str(Path(dataops.__file__).parents[1])


class Alarm:
    """The alarm clock of one unit.

    Args:
        paths: the unit's directories.
        services: what keeps its process running.
        unit: this unit's name.
    """

    def __init__(self, paths: UnitPaths, services: ServiceManager, unit: str) -> None:
        self._paths = paths
        self._services = services
        self._unit = unit
        self._file = paths.control / "wake-at"

    def set(self, at: datetime.datetime | None) -> bool:
        """Whether the charm is to be woken at another time than before; None: not at all.

        Only a change looks after the process: it is kept running by the service manager, and after
        the machine has started anew a hook comes in any case.
        """
        if at is None:
            return ensure_absent(self._file)
        ensure_directory(self._file.parent, mode=0o700)
        if not ensure_contents(self._file, f"{at.timestamp():.3f}", mode=0o600):
            return False
        if not self._services.state(NAME).running:
            self.ensure_running()
        return True

    def ensure_running(self) -> None:
        """See to it that the process runs, if there is a time to wait for."""
        if self._file.exists():
            self._paths.create()
            self._services.ensure(
                Service(
                    name=NAME,
                    command=(
                        sys.executable,
                        str(_PROGRAM),
                        self._unit,
                        juju_exec(),
                        str(self._file),
                    ),
                    environment={"PYTHONPATH": _LIBRARY},
                    restart="always",
                )
            )
            self._services.start(NAME)
