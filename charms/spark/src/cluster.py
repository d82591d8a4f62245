# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The workload: Spark's daemons and jobs as services of this unit. It knows no Juju."""

import errno
import functools
import hashlib
import logging
import shutil
import socket
import string
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import job_progress
import settings
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory, ensure_tree
from dataops.host.packages import PackageError
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceError, ServiceManager, Status
from dataops.host.wake import Waker
from installation import Installation
from plan import (
    Cluster,
    Install,
    KeepJobs,
    RemoveAll,
    RunDaemon,
    RunJob,
    RunProgram,
    Step,
    StopDaemon,
    Watch,
)

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 3.0
_SYSTEM_PYTHON = "/usr/bin/python3"
_MAIN = {
    "master": "org.apache.spark.deploy.master.Master",
    "worker": "org.apache.spark.deploy.worker.Worker",
    "history": "org.apache.spark.deploy.history.HistoryServer",
}
_RUNNER = ("job_runner.py", "job_progress.py")
# What a process is told; a program may put other files beside them.
_TOLD = (
    *("spark-defaults.conf", "log4j2.properties", "metrics.properties", "resources.json"),
    *("job.json", settings.CREDENTIALS, settings.ACCESS, "script.py", *_RUNNER),
)
_JOB = "job-"
_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"


class Spark:
    """Spark on one unit.

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
        self.failure = ""

    def converge(self, steps: Iterable[Step]) -> bool:
        """Whether anything had to change; what stopped it is in ``failure``.

        The steps after one that fails are left out: whatever runs already keeps running.
        """
        self.failure, changed = "", False
        try:
            for step in steps:
                changed |= self.apply(step)
        except (PackageError, ServiceError, OSError) as error:
            logger.exception("Cannot go on")
            self.failure = str(error).splitlines()[0]
        return changed

    def apply(self, step: Step) -> bool:
        """Whether the step had to change anything.

        Raises:
            PackageError, ServiceError: it cannot be done; the message names the next move.
        """
        return self._apply(step)

    @functools.singledispatchmethod
    def _apply(self, step: Step) -> bool:
        raise TypeError(f"Unknown step {step!r}")

    @_apply.register
    def _(self, step: Install) -> bool:
        self.paths.create(self.user)
        return self.installation.ensure(step.archive)

    @_apply.register
    def _(self, step: RunDaemon) -> bool:
        directory = self._configure(step.role, step.cluster)
        self._write(directory / "spark-defaults.conf", settings.daemon(step, directory))
        if step.role == "worker":
            marks = settings.resources(step.unit, step.cluster.config.worker_cores)
            ensure_contents(directory / "resources.json", marks, owner=self.user)
            ensure_directory(self._work, mode=0o700, owner=self.user)
        command = (str(self.installation.spark_home / "bin" / "spark-class"), _MAIN[step.role])
        environment = self._environment(directory, step.cluster)
        arguments = (*command, *self._arguments(step))
        ports = [port for port in (step.port, step.ui_port) if port]
        places = [(step.cluster.address, port) for port in ports]
        service = self._service(step.role, arguments, environment, directory)
        return self._keep(service, directory, places)

    @_apply.register
    def _(self, step: StopDaemon) -> bool:
        return self._end(step.role)

    @_apply.register
    def _(self, step: Watch) -> bool:
        waker = Waker(self.services, step.unit)
        service = waker.watcher("watch", self.paths.run, "state", "reason")
        return self._keep(service, self.paths.etc / service.name)

    @_apply.register
    def _(self, step: RunJob) -> bool:
        name = f"{_JOB}{step.job.name}"
        if step.reads is None and (self.paths.etc / name / settings.ACCESS).exists():
            # It goes on with what it has until there is something new.
            return False
        directory = self._configure(name, step.cluster)
        defaults = settings.job(step, self.installation.jars)
        self._write(directory / "spark-defaults.conf", defaults)
        description = settings.description(step, self.progress_file(step.job.name))
        ensure_contents(directory / "job.json", description, owner=self.user)
        for source in _RUNNER:
            ensure_contents(directory / source, (_HERE / source).read_bytes(), owner=self.user)
        service = self._driver(name, step.cluster, directory, "job_runner.py", "job.json")
        return self._keep(service, directory, awaited=settings.granted(step))

    @_apply.register
    def _(self, step: RunProgram) -> bool:
        name = f"{_JOB}{step.program.name}"
        directory = self._configure(name, step.cluster)
        defaults = settings.program(step, self.installation.jars)
        self._write(directory / "spark-defaults.conf", defaults)
        ensure_contents(directory / "script.py", step.program.script.read_bytes(), owner=self.user)
        words = ("script.py", *step.program.args)
        return self._keep(self._driver(name, step.cluster, directory, *words), directory)

    @_apply.register
    def _(self, step: KeepJobs) -> bool:
        present = [path.name for path in self.paths.etc.glob(f"{_JOB}*")]
        ended = [self._end(name) for name in present if name.removeprefix(_JOB) not in step.names]
        return any(ended)

    @_apply.register
    def _(self, step: RemoveAll) -> bool:
        self.services.remove_all()
        return self.paths.remove()

    def running(self, name: str) -> bool:
        """Whether the process of this daemon or, with its prefix, job is there."""
        return self.services.state(name).running

    def job_running(self, name: str) -> bool:
        """Whether the process of this job is there, and does not wait for access to its topics."""
        directory = self.paths.etc / f"{_JOB}{name}"
        waits = not any((directory / file).exists() for file in (settings.ACCESS, "script.py"))
        return self.running(directory.name) and not waits

    def progress(self, name: str) -> job_progress.Progress:
        """What the job last said of itself."""
        return job_progress.read(self.progress_file(name))

    def progress_file(self, name: str) -> Path:
        """Where the job says how far it is."""
        return self.paths.run / f"{name}.json"

    def free(self, data: Path) -> int:
        """Bytes left on the storage."""
        return shutil.disk_usage(data).free

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
        """Where this process keeps temporary files."""
        return self.paths.tmp / name

    @property
    def _work(self) -> Path:
        """Where executors run: credentials of jobs pass through it."""
        return self.paths.root / "work"

    def _configure(self, name: str, cluster: Cluster) -> Path:
        """The process's own configuration directory."""
        directory = self.paths.etc / name
        ensure_directory(directory, mode=0o700, owner=self.user)
        for kind in ("event-logs", "checkpoints", "parquet"):
            ensure_tree(cluster.data / kind, mode=0o750, owner=self.user)
        for name in ("log4j2.properties", "metrics.properties"):
            template = string.Template((_TEMPLATES / name).read_text())
            text = template.substitute(level=cluster.config.log_level)
            ensure_contents(directory / name, text, owner=self.user)
        return directory

    def _write(self, path: Path, values: Mapping[str, str]) -> None:
        ensure_contents(path, settings.properties(values), mode=0o600, owner=self.user)

    def _arguments(self, step: RunDaemon) -> tuple[str, ...]:
        if step.role == "history":
            return ()
        ports = ("--port", str(step.port), "--webui-port", str(step.ui_port))
        place = ("--host", step.cluster.address, *ports)
        if step.role == "master":
            return place
        config = step.cluster.config
        room = ("--cores", str(config.worker_cores), "--memory", config.worker_memory)
        return (*place, *room, "--work-dir", str(self._work), step.cluster.master)

    def _environment(self, directory: Path, cluster: Cluster) -> dict[str, str]:
        return {
            "JAVA_HOME": str(self.installation.java_home),
            # The one way that reaches executors with this unit's own paths: workers pass it on.
            "JAVA_TOOL_OPTIONS": settings.java_options(self._scratch(directory.name)),
            "PYSPARK_PYTHON": _SYSTEM_PYTHON,
            "PYTHONPATH": str(self.installation.python_path),
            "PYTHONUNBUFFERED": "1",
            "SPARK_CONF_DIR": str(directory),
            # The daemons do little: to optimise their code costs more than it ever saves.
            "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1",
            "SPARK_DAEMON_MEMORY": cluster.config.daemon_memory,
            "SPARK_HOME": str(self.installation.spark_home),
            "SPARK_LOCAL_DIRS": str(self._scratch(directory.name)),
            "SPARK_LOCAL_IP": cluster.address,
            "SPARK_PUBLIC_DNS": cluster.address,
        }

    def _driver(self, name: str, cluster: Cluster, directory: Path, *words: str) -> Service:
        command = (str(self.installation.spark_home / "bin" / "spark-submit"), *words)
        return self._service(name, command, self._environment(directory, cluster), directory)

    def _service(
        self, name: str, command: tuple[str, ...], environment: dict[str, str], directory: Path
    ) -> Service:
        return Service(
            name=name,
            command=command,
            environment=environment,
            user=self.user,
            working_directory=directory,
            restart="on-failure" if self._program(name) else "always",
        )

    def _keep(
        self,
        service: Service,
        directory: Path,
        places: Sequence[tuple[str, int]] = (),
        awaited: Mapping[str, str] | None = None,
    ) -> bool:
        """Whether the process had to be started: it was not there, or was told something else.

        Args:
            service: the process.
            directory: where the files are that it is told by.
            places: where it has to listen.
            awaited: more files, by name, for which a process waits that did not find them.

        Raises:
            ServiceError: another program listens where it has to.
        """
        name = service.name
        self.services.ensure(service)
        told = self.paths.control / f"{name}.told"
        digest = _digest(directory, repr(service), self.installation.digest)
        known = {digest}
        for file, text in (awaited or {}).items():
            if (directory / file).exists():
                # Whoever runs has taken the old one.
                known.clear()
            ensure_contents(directory / file, text, mode=0o600, owner=self.user)
        digest = _digest(directory, repr(service), self.installation.digest)
        current = told.is_file() and told.read_text(encoding="utf-8") in {digest, *known}
        if current and self._as_wanted(name):
            ensure_contents(told, digest)
            return False
        self.services.stop(name)
        for address, port in places:
            self._await_free(name, address, port)
        # What a killed process left there, its copy of old credentials included.
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
        if not (self.paths.etc / name).exists():
            return False
        self.services.remove(name)
        ensure_absent(self.paths.control / f"{name}.told")
        ensure_absent(self._scratch(name))
        ensure_absent(self.progress_file(name.removeprefix(_JOB)))
        return ensure_absent(self.paths.etc / name)


def _digest(directory: Path, *texts: str) -> str:
    """Changes with what the process is told."""
    digest = hashlib.sha256("\n".join(texts).encode())
    for path in (directory / name for name in _TOLD):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
