# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The long part of verbs, as processes of the service manager: they outlive hooks and upgrades.

A job that is killed begins again, by itself or with the machine. It writes how far it is and how
it ended into its directory, and wakes the charm; the charm reads, and never waits.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import ops
import pydantic

from dataops.host.files import ensure_absent, ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceManager, manager
from dataops.host.wake import Waker, juju_exec
from dataops.interfaces.operations import Outcome, utc_now
from dataops.jobs._files import JobFiles, Ticket
from dataops.operations import JobVerb

logger = logging.getLogger(__name__)

# Where this process found the library, and where what the library needs.
_PACKAGES = dict.fromkeys(
    [str(Path(__file__).parents[2]), str(Path(pydantic.__file__).parents[1])]
)
# Seconds that work has to tidy up when it is cancelled; after that its process is killed.
_GRACE = 20
_LOOK_AGAIN_SECONDS = 3.0


class Jobs:
    """The jobs of one unit.

    Args:
        paths: the unit's directories.
        services: its service manager.
        unit: its name.
    """

    def __init__(self, paths: UnitPaths, services: ServiceManager, unit: str) -> None:
        self._paths = paths
        self._services = services
        self._unit = unit
        self._directory = paths.control / "jobs"

    @classmethod
    def of(cls, charm: ops.CharmBase) -> Jobs:
        """The jobs of this charm's unit, with the service manager that the unit gets."""
        paths, unit = UnitPaths.of(charm), charm.unit.name
        return cls(paths, manager(paths, unit), unit)

    def ensure(
        self, task_id: str, verb: JobVerb[Any, Any, Any, Any, Any], spec: pydantic.BaseModel
    ) -> bool:
        """Whether the job begins now.

        Only one job of a verb runs at a time: while an earlier one is being cancelled, this does
        nothing, and has the charm woken to ask again.

        Args:
            task_id: what its outcome answers.
            verb: whose `work` it does; a file of the charm's package `operations`.
            spec: from `prepare`.
        """
        files = self._files(task_id)
        if files.ticket() is not None:
            return False
        if self._occupied(verb.name):
            self.look_again(_LOOK_AGAIN_SECONDS)
            return False
        self._paths.create()
        ensure_directory(self._directory, mode=0o700)
        # The ticket is the one place for what a value otherwise masks: nobody else may read it.
        content = spec.model_dump(mode="json", by_alias=True, context={"revealed": True})
        now = utc_now().isoformat(timespec="seconds")
        ticket = Ticket(task_id, verb.name, self._unit, juju_exec(), now, content)
        files.write(ticket)
        self._run(ticket)
        return True

    def outcome(self, task_id: str) -> Outcome | None:
        """How the job ended, or how far it is; None when there is none."""
        files = self._files(task_id)
        ticket = files.ticket()
        if ticket is None:
            return None
        return files.outcome() or files.running(ticket)

    @property
    def busy(self) -> bool:
        """Whether a job runs: with what it was told when it began."""
        return any(files.outcome() is None for files, _ in self._present())

    def keep_only(self, task_ids: Collection[str]) -> None:
        """See to it that these jobs run on, cancel all others, and forget those that have ended.

        It returns at once: a job that is cancelled has a little time to tidy up.
        """
        for files, ticket in self._present():
            ended = files.outcome() is not None
            if ticket.task not in task_ids:
                self._drop(files, ticket, ended)
            elif not ended:
                self._run(ticket)

    def _drop(self, files: JobFiles, ticket: Ticket, ended: bool) -> None:
        name = self._name(ticket)
        if not self._services.state(name).running:
            self._services.remove(name)
            files.remove()
        elif not ended:
            logger.info("Cancelling %s of task %s", ticket.verb, ticket.task)
            self._services.ask_to_end(name)
        # Else its last act is to wake the charm, which may be what called this very hook.

    def remove_all(self) -> None:
        """End every service of the unit, at once: for charms that run nothing else, as they go."""
        self._services.remove_all()
        ensure_absent(self._directory)

    def look_again(self, seconds: float) -> None:
        """Have the charm woken in so many seconds."""
        # The first service of a unit that has run none so far.
        self._paths.create()
        Waker(self._services, self._unit).after(seconds)

    def _occupied(self, verb: str) -> bool:
        """Whether another job of that verb is still there."""
        others = [ticket for _, ticket in self._present() if ticket.verb == verb]
        return any(self._services.state(self._name(ticket)).running for ticket in others)

    def _present(self) -> list[tuple[JobFiles, Ticket]]:
        found = [JobFiles(path) for path in sorted(self._directory.glob("*"))]
        return [(files, ticket) for files in found if (ticket := files.ticket())]

    def _files(self, task_id: str) -> JobFiles:
        return JobFiles(self._directory / _digest(task_id))

    @staticmethod
    def _name(ticket: Ticket) -> str:
        return f"work-{ticket.verb}-{_digest(ticket.task)}"

    def _run(self, ticket: Ticket) -> None:
        """See to it that its process runs, as this revision of the charm would start it."""
        directory = self._files(ticket.task).directory
        sources = self._paths.root.parent / "charm" / "src"
        service = Service(
            name=self._name(ticket),
            command=(sys.executable, "-m", "dataops.jobs", str(directory)),
            environment={"PYTHONPATH": os.pathsep.join([str(sources), *_PACKAGES])},
            log=self._paths.log / f"work-{ticket.verb}.log",
            brief=True,
            stop_timeout=_GRACE,
        )
        self._services.ensure(service)
        self._services.start(service.name)


def _digest(task_id: str) -> str:
    return hashlib.sha256(task_id.encode()).hexdigest()[:10]


__all__ = ["Jobs"]
