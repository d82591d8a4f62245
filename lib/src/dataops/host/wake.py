# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How a process wakes its own charm: through `juju-exec`, as an `update-status`.

A hook does not wait for anything slow. Whoever has news for the charm after the hook has ended
uses `call`; `Waker` runs small services that wait for something, and then do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # A process that only waits does not load the library.
    from dataops.host.services import Service, ServiceManager

DISPATCH = "JUJU_DISPATCH_PATH=hooks/update-status ./dispatch"
# Tells a hook which service has woken it: that one still runs, and waits for the hook's end.
WOKEN_BY = "DATAOPS_WOKEN_BY"
# No argument: what a service manager is told anew whenever it changes costs it time.
SECONDS = "DATAOPS_SECONDS"
# Where Juju puts it on a machine, should the hook's PATH not know it.
_USUAL = "/usr/bin/juju-exec"
_LIBRARY = str(Path(__file__).parents[2])
# The agent may be starting anew; after that the next update-status is near anyway.
_PATIENCE_SECONDS = 300.0
_LONGEST_PAUSE_SECONDS = 15.0


def juju_exec() -> str:
    """The program by which a process of this machine reaches its unit; ask within a hook."""
    return shutil.which("juju-exec") or _USUAL


def call(unit: str, program: str, patience: float = _PATIENCE_SECONDS) -> bool:
    """Whether the charm was woken and its hook has ended well; tries again while it cannot be.

    Args:
        unit: the unit's name.
        program: from `juju_exec`.
        patience: seconds after which no further attempt is made.
    """
    deadline, pause = time.monotonic() + patience, 1.0
    while not _woken(unit, program):
        if time.monotonic() + pause > deadline:
            return False
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    return True


def _woken(unit: str, program: str) -> bool:
    by = os.environ.get(WOKEN_BY)
    command = f"{WOKEN_BY}={by} {DISPATCH}" if by else DISPATCH
    try:
        return subprocess.run([program, unit, command], check=False).returncode == 0
    except OSError:
        # Juju is being upgraded, or goes.
        return False


class Waker:
    """Services of the unit that wait for something and then wake the charm.

    Args:
        services: the unit's service manager.
        unit: the unit's name.
    """

    def __init__(self, services: ServiceManager, unit: str) -> None:
        self._services = services
        self._unit = unit

    def after(self, seconds: float) -> None:
        """Wake the charm once in so many seconds; asked again before that, nothing changes."""
        self._run("wake-later", "after", seconds=seconds)

    def when_serving(self, address: str, port: int) -> None:
        """Wake the charm once TLS is served there, or after ten minutes without it."""
        self._run("wake", "serving", address, str(port))

    def watcher(self, name: str, directory: Path, *fields: str) -> Service:
        """A service that wakes the charm whenever one of these fields changes; not yet started.

        Args:
            name: of the service.
            directory: whose files `*.json` are watched: a mapping each.
            fields: what matters of each file; whatever else changes wakes nobody.
        """
        return self._service(name, "changing", str(directory), *fields, restart="always")

    def _service(self, name: str, *what: str, seconds: float = 0, restart: str = "no") -> Service:
        from dataops.host.services import Service

        program = (sys.executable, "-m", "dataops.host._waiting")
        return Service(
            name=name,
            command=(*program, self._unit, juju_exec(), *what),
            environment={"PYTHONPATH": _LIBRARY, WOKEN_BY: name, SECONDS: f"{seconds:g}"},
            restart="always" if restart == "always" else "no",
        )

    def _run(self, name: str, *what: str, seconds: float = 0) -> None:
        """Have one of two services do it: the one that has woken this hook is not free yet."""
        by = os.environ.get(WOKEN_BY)
        able = [one for one in (name, f"{name}-again") if one != by]
        if any(self._services.state(one).running for one in able):
            # Every hook of a unit that waits asks for it again.
            return
        self._services.ensure(self._service(able[0], *what, seconds=seconds))
        self._services.start(able[0])
