# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Spark's processes as services: started, and started anew once they were told something else.

It knows no Juju, and nothing of what they are told. A submitted program has a `script.py` in its
directory, and is the one kind of process that may come to an end.
"""

import errno
import hashlib
import json
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import job_progress
import settings
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceError, ServiceManager, Status
from installation import Installation

JOB = "job-"
RUNNER = ("job_runner.py", "job_progress.py")
_PATIENCE_SECONDS = 3.0
# What a process is told when it starts; a program may put other files beside them, and a job takes
# up by itself what it is granted.
_TOLD = (
    *("spark-defaults.conf", "log4j2.properties", "metrics.properties", "resources.json"),
    *("job.json", "script.py", *RUNNER),
    *(settings.KEYSTORE, settings.CERTIFICATE),
)


class Processes:
    """The processes of one unit.

    Args:
        paths: the unit's directories.
        services: its service manager.
        installation: where Spark is.
        user: whom it runs as; None runs as oneself.
    """

    def __init__(
        self,
        paths: UnitPaths,
        services: ServiceManager,
        installation: Installation,
        user: str | None = None,
    ) -> None:
        self.paths = paths
        self.services = services
        self.installation = installation
        self.user = user

    def running(self, name: str) -> bool:
        """Whether the process of this daemon or, with its prefix, job is there."""
        return self.services.state(name).running

    def job_running(self, name: str) -> bool:
        """Whether the process of this job is there, and does not wait for access to its topics."""
        directory = self.paths.etc / f"{JOB}{name}"
        waits = not any((directory / file).exists() for file in (settings.ACCESS, "script.py"))
        return self.running(directory.name) and not waits

    def at_work(self, name: str) -> bool:
        """Whether the job is seen to work with what it was granted last."""
        path = self.paths.etc / f"{JOB}{name}" / settings.ACCESS
        if not path.is_file():
            return False
        granted = json.loads(path.read_text(encoding="utf-8"))
        return granted.get("credentials") == self.progress(name).credentials

    def progress(self, name: str) -> job_progress.Progress:
        """What the job last said of itself."""
        return job_progress.read(self.progress_file(name))

    def progress_file(self, name: str) -> Path:
        """Where the job says how far it is."""
        return self.paths.run / f"{name}.json"

    def taken(self, address: str, port: int) -> bool:
        """Whether somebody holds the port."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                return error.errno == errno.EADDRINUSE
        return False

    def _scratch(self, name: str) -> Path:
        """Where this process keeps what it may lose when it is told something else."""
        return self.paths.tmp / name

    def _keep(
        self,
        service: Service,
        directory: Path,
        places: Sequence[tuple[str, int]] = (),
    ) -> bool:
        """Whether the process had to be started: it was not there, or was told something else.

        Args:
            service: the process.
            directory: where the files are that it is told by.
            places: where it has to listen.

        Raises:
            ServiceError: another program listens where it has to.
        """
        name = service.name
        self.services.ensure(service)
        told = self.paths.control / f"{name}.told"
        digest = _digest(directory, repr(service), self.installation.digest)
        current = told.is_file() and told.read_text(encoding="utf-8") == digest
        if current and self._as_wanted(name):
            return False
        self.services.stop(name)
        for address, port in places:
            self._await_free(name, address, port)
        # What a killed process left there, its copy of old credentials included, and whom a master
        # remembers: they knew it under other terms, and another version could not read it.
        ensure_absent(self._scratch(name))
        ensure_directory(self._scratch(name), mode=0o700, owner=service.user)
        self.services.start(name)
        # Noted only now: a hook that dies before this starts the process once more.
        ensure_contents(told, digest)
        return True

    def _await_free(self, name: str, address: str, port: int) -> None:
        """Return once nobody holds the port: a process that was killed may be on its way out."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.taken(address, port):
            if time.monotonic() > deadline:
                raise ServiceError(f"Cannot start the {name}: port {port} is taken: free it")
            time.sleep(0.2)

    def _as_wanted(self, name: str) -> bool:
        """Whether the process runs or, if it is a program, has done its work."""
        status = self.services.state(name).status
        return status is Status.RUNNING or (self._program(name) and status is Status.STOPPED)

    def _program(self, name: str) -> bool:
        """Whether this is a submitted program, which may come to an end."""
        return (self.paths.etc / name / "script.py").exists()

    def _end(self, name: str) -> bool:
        """Whether there was such a process; there is none any more."""
        if not (self.paths.etc / name).exists():
            return False
        self.services.remove(name)
        ensure_absent(self.paths.control / f"{name}.told")
        ensure_absent(self._scratch(name))
        ensure_absent(self.progress_file(name.removeprefix(JOB)))
        return ensure_absent(self.paths.etc / name)


def _digest(directory: Path, *texts: str) -> str:
    """Changes with what the process is told."""
    digest = hashlib.sha256("\n".join(texts).encode())
    for path in (directory / name for name in _TOLD):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
