# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The process of continuous backup on this unit: told, started, asked. Knows no Juju."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pydantic

from dataops.backup.sealed import SealError
from dataops.host.files import ensure_absent, ensure_contents
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceManager
from dataops.operations import OperationError
from shipped import Shipped

SERVICE = "continuous"
SPEC, STATE = "continuous.json", "continuous-state.json"
_SOURCE = Path(__file__).parent
_PACKAGES = dict.fromkeys(
    [
        str(_SOURCE),
        # Where this process found the library, and where what the library needs.
        str(Path(pydantic.__file__).parents[1]),
        str(Path(sys.modules[UnitPaths.__module__].__file__ or "").parents[2]),
    ]
)


@dataclasses.dataclass(frozen=True)
class Shipping:
    """What keeps the process running on one unit.

    Attributes:
        paths: the unit's directories.
        services: its service manager.
    """

    paths: UnitPaths
    services: ServiceManager

    @property
    def state(self) -> Shipped | None:
        """How it stands; None while continuous backup is off."""
        path = self.paths.control / STATE
        return Shipped.from_text(path.read_text()) if path.exists() else None

    def keep(self, told: Callable[[], Mapping[str, Any]], now: float) -> bool:
        """Whether the process had to be started; it follows what it is told by itself.

        Args:
            told: what it is told, as `continuous.Spec` takes it; the store's keys are in it.
            now: Unix seconds.
        """
        state = self.state or Shipped(since=now)
        try:
            spec = told()
        except (OperationError, SealError) as error:
            self._tell(dataclasses.replace(state, why=str(error)))
            return False
        if self.state is None:
            self._tell(state)
        ensure_contents(self.paths.control / SPEC, json.dumps(spec), mode=0o600)
        changed = self.services.ensure(self._service())
        if not self.services.state(SERVICE).running:
            self.services.start(SERVICE)
        elif changed:
            self.services.restart(SERVICE)
        return changed

    def stop(self) -> bool:
        """Whether there was anything to end."""
        if self.state is None and not (self.paths.control / SPEC).exists():
            return False
        self.services.remove(SERVICE)
        ensure_absent(self.paths.control / SPEC)
        # Last: a hook that dies before this ends it again.
        return ensure_absent(self.paths.control / STATE)

    def _tell(self, state: Shipped) -> None:
        ensure_contents(self.paths.control / STATE, state.to_text(), mode=0o600)

    def _service(self) -> Service:
        return Service(
            name=SERVICE,
            command=(sys.executable, "-m", "continuous", str(self.paths.control)),
            # Another revision of the charm means another program.
            environment={"PYTHONPATH": os.pathsep.join(_PACKAGES), "REVISION": _revision()},
            log=self.paths.log / "continuous.log",
            restart="always",
        )


def _revision() -> str:
    digest = hashlib.sha256()
    for name in ("continuous.py", "backing.py", "backup_admin.py", "backups.py"):
        digest.update((_SOURCE / name).read_bytes())
    return digest.hexdigest()[:12]
