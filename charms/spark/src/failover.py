# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Processes of one unit end, or are killed, one after the other; each has to come back. No Juju.

A master that comes back remembers its workers and applications, which go on meanwhile; one that
does not find them again drops them, and their drivers begin anew from their checkpoints. So
whatever ends, it is over when the master knows every worker and job again, and each job of this
unit goes on where its checkpoint says.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import job_progress
from dataops.host.processes import Process, identify, kill
from dataops.host.services import ServiceManager
from dataops.operations import OperationError, Work
from pages import read

Kind = Literal["master", "worker", "driver"]
_PAUSE_SECONDS = 0.5


@dataclasses.dataclass(frozen=True)
class Target:
    """One process.

    Attributes:
        service: its name with the service manager.
        kind: what it is.
    """

    service: str
    kind: Kind


@dataclasses.dataclass(frozen=True)
class Job:
    """One job of this unit.

    Attributes:
        name: which is its application's name, too.
        progress: the file in which it says how far it is.
        checkpoint: of its query; None where it lies elsewhere.
    """

    name: str
    progress: Path
    checkpoint: Path | None


@dataclasses.dataclass(frozen=True)
class Mark:
    """Where a job is: a query keeps its id and its batches as long as it keeps its checkpoint."""

    query: str
    batch: int


@dataclasses.dataclass(frozen=True)
class Account:
    """What was seen of one process.

    Attributes:
        target: which.
        before, after: the processes.
        gone: seconds until it was gone.
        recovered: seconds until everything worked again.
    """

    target: Target
    before: Process
    after: Process
    gone: float
    recovered: float


class Failover:
    """Ends processes and waits for what follows.

    Args:
        services: of the unit.
        jobs: those of this unit that run.
        declared: names of the jobs of all units; a submitted program may end meanwhile.
        master_ui: of the master, `http://host:port`.
        ca: by whom it is trusted, PEM; empty for http.
        work: says how far it is, and whether to end.
        patience: seconds for everything to work again.
    """

    def __init__(
        self,
        *,
        services: ServiceManager,
        jobs: tuple[Job, ...],
        declared: frozenset[str],
        master_ui: str,
        ca: str = "",
        work: Work[Any],
        patience: float,
    ) -> None:
        self._services = services
        self._jobs = jobs
        self._declared = declared
        self._url, self._ca = f"{master_ui}/json/", ca
        self._work = work
        self._patience = patience

    def end(self, target: Target, *, crash: bool) -> Account:
        """What was seen of this process.

        Args:
            target: the process.
            crash: kill it; else it ends in order, and is started again.

        Raises:
            OperationError: it does not run, or something does not come back.
        """
        before = identify(self._services.state(target.service).pid)
        if before is None:
            raise OperationError(f"The {target.kind} does not run: there is nothing to end")
        known, marks = self._master(), {job.name: mark(job) for job in self._jobs}
        wall, begun = time.time(), time.monotonic()
        if crash:
            gone = kill(before)
        else:
            self._services.stop(target.service)
            gone = time.monotonic() - begun
            self._services.start(target.service)
        self._work.progress(f"{target.kind} {before.pid} is gone; waits for its return")
        after = self._see(f"the {target.kind} runs", lambda: self._another(target, before))
        self._see("the master knows every worker and job", lambda: self._knows(known) or None)
        for job in self._jobs:
            self._see(f"the job {job.name} goes on", lambda job=job: _on(job, wall) or None)
            self._same(job, marks[job.name])
        return Account(target, before, after, gone, time.monotonic() - begun)

    def _another(self, target: Target, before: Process) -> Process | None:
        found = identify(self._services.state(target.service).pid)
        return None if found == before else found

    def _master(self) -> dict[str, Any]:
        try:
            return read(self._url, self._ca)
        except (OSError, ValueError) as error:
            raise OperationError(f"The master does not answer at {self._url}: {error}") from error

    def _knows(self, known: dict[str, Any]) -> bool:
        """Whether the master knows as many workers as before, and the same jobs at work."""
        try:
            found = self._master()
        except OperationError:
            return False
        mine = {job.name for job in self._jobs}
        return (
            found["status"] == "ALIVE"
            and found["aliveworkers"] >= known["aliveworkers"]
            and _at_work(found) >= (_at_work(known) & self._declared) | mine
        )

    @staticmethod
    def _same(job: Job, before: Mark) -> None:
        """Hold the job to its checkpoint."""
        now = mark(job)
        if before.query and now.query != before.query:
            raise OperationError(f"The job {job.name} lost its checkpoint: it is another query")
        if now.batch < before.batch:
            raise OperationError(
                f"The job {job.name} went back from batch {before.batch} to {now.batch}"
            )

    def _see(self, what: str, look: Callable[[], Any]) -> Any:
        """What the look finds, once it finds anything."""
        deadline = time.monotonic() + self._patience
        while (found := look()) is None:
            self._work.end_if_cancelled()
            if time.monotonic() > deadline:
                raise OperationError(
                    f"Waited {self._patience:g} s until {what}. See juju run spark/0 list-jobs"
                )
            time.sleep(_PAUSE_SECONDS)
        return found


def mark(job: Job) -> Mark:
    """Where the job is now, as its checkpoint says."""
    if job.checkpoint is None:
        return Mark("", -1)
    batches = [int(path.name) for path in (job.checkpoint / "commits").glob("[0-9]*")]
    try:
        query = json.loads((job.checkpoint / "metadata").read_text(encoding="utf-8"))["id"]
    except (OSError, ValueError, KeyError):
        query = ""
    return Mark(query, max(batches, default=-1))


def _on(job: Job, since: float) -> bool:
    """Whether the job has said since then that it runs."""
    found = job_progress.read(job.progress)
    return found.state == "running" and found.updated > since


def _at_work(master: dict[str, Any]) -> set[str]:
    """Names of the applications that have executors."""
    apps = master["activeapps"]
    return {app["name"] for app in apps if app["state"] == "RUNNING" and app["cores"] > 0}
