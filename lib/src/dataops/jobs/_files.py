# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a job is told and what it tells, as files of its own directory; each is whole or absent."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.interfaces.operations import Outcome, Status


@dataclasses.dataclass(frozen=True)
class Ticket:
    """What a job is told.

    Attributes:
        task: what its outcome answers.
        verb: the verb's name.
        unit: the unit to wake.
        juju_exec: how to wake it.
        asked: when it was asked for (UTC, ISO 8601).
        spec: the specification as JSON; None once the work has ended, for it may hold secrets.
    """

    task: str
    verb: str
    unit: str
    juju_exec: str
    asked: str
    spec: Any = dataclasses.field(repr=False)

    @property
    def started(self) -> datetime.datetime:
        """When it was asked for."""
        return datetime.datetime.fromisoformat(self.asked)


class JobFiles:
    """The files of one job: only its own user enters their directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def ticket(self) -> Ticket | None:
        """What it is told; None while there is no such job."""
        found = _read(self.directory / "ticket.json")
        return Ticket(**found) if found else None

    def write(self, ticket: Ticket) -> None:
        """Tell it."""
        ensure_directory(self.directory, mode=0o700)
        self._write("ticket.json", json.dumps(dataclasses.asdict(ticket)))

    def begin(self) -> int:
        """How many processes have begun this job, this one too."""
        starts = int((_read(self.directory / "starts.json") or {}).get("starts", 0)) + 1
        self._write("starts.json", json.dumps({"starts": starts}))
        return starts

    def report(self, text: str, done: float | None) -> None:
        """Say how far it is."""
        self._write("progress.json", json.dumps({"message": text, "done": done}))

    def finish(self, ticket: Ticket, outcome: Outcome) -> None:
        """Say how it ended, and keep nothing that may be secret."""
        self._write("outcome.json", outcome.to_json())
        self.write(dataclasses.replace(ticket, spec=None))

    def outcome(self) -> Outcome | None:
        """How it ended; None before."""
        found = _read(self.directory / "outcome.json")
        return Outcome.model_validate(found) if found else None

    def running(self, ticket: Ticket) -> Outcome:
        """How far it is."""
        told = _read(self.directory / "progress.json") or {"message": "Started"}
        return Outcome(
            task=ticket.task,
            status=Status.RUNNING,
            message=told.get("message", ""),
            done=told.get("done"),
            unit=ticket.unit,
            started=ticket.started,
        )

    def remove(self) -> None:
        """Forget it."""
        ensure_absent(self.directory)

    def _write(self, name: str, text: str) -> None:
        ensure_contents(self.directory / name, text, mode=0o600)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
