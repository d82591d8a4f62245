# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A renewal of this unit's certificate: how it was before, so that the change can be proved."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from dataops.host.files import ensure_absent, ensure_contents
from dataops.host.processes import Process


@dataclasses.dataclass(frozen=True)
class Renewal:
    """How it was when the renewal began.

    Attributes:
        task: who asked for it: a task's id, or empty for a person.
        serial: of the certificate that is to go.
        trust: the authorities that a client trusted, PEM.
        process: the broker's; None when there was none.
    """

    task: str
    serial: str
    trust: str
    process: Process | None = None


@dataclasses.dataclass(frozen=True)
class Ledger:
    """The renewal that is not proved yet, in a file: another unit has no use for it.

    Attributes:
        etc: where it is kept.
    """

    etc: Path

    def read(self) -> Renewal | None:
        """The one that runs; None when none does."""
        if not self._path.exists():
            return None
        told: dict[str, Any] = json.loads(self._path.read_text())
        process = told.pop("process")
        return Renewal(**told, process=Process(**process) if process else None)

    def write(self, renewal: Renewal) -> None:
        """Begin it, or let a later caller join."""
        ensure_contents(self._path, json.dumps(dataclasses.asdict(renewal)), mode=0o600)

    def clear(self) -> None:
        """It is proved."""
        ensure_absent(self._path)

    @property
    def _path(self) -> Path:
        return self.etc / "renewal.json"
