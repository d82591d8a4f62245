# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The workload: Spark's daemons and jobs on this unit, as the plan wants them. No Juju."""

import functools
import logging
import shutil
import string
from collections.abc import Iterable, Mapping
from pathlib import Path

import settings
from dataops.certificates import Identity, IdentityFiles, java_keystore
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory, ensure_tree
from dataops.host.packages import PackageError
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceError
from dataops.host.wake import Waker
from installation import SYSTEM_PYTHON
from plan import (
    Cluster,
    Install,
    KeepJobs,
    RemoveAll,
    RunDaemon,
    RunJob,
    RunProgram,
    Secure,
    Step,
    StopDaemon,
    Watch,
    users,
)
from ports import secure
from processes import JOB, RUNNER, Processes

logger = logging.getLogger(__name__)

_MAIN = {
    "master": "org.apache.spark.deploy.master.Master",
    "worker": "org.apache.spark.deploy.worker.Worker",
    "history": "org.apache.spark.deploy.history.HistoryServer",
}
_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"


def identity_of(paths: UnitPaths) -> IdentityFiles:
    """Where the certificate of a unit's pages lies, as it was handed out."""
    return IdentityFiles(paths.etc, "pages")


class Spark(Processes):
    """Spark on one unit.

    Args:
        paths: the unit's directories.
        services: its service manager.
        installation: where Spark is.
        user: whom it runs as; None runs as oneself.
    """

    failure = ""

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
    def _(self, step: Secure) -> bool:
        if step.identity is None:
            return any([ensure_absent(self._keystore), self.identity.ensure(None)])
        before = self.identity.read()
        kept = before and self._keystore.is_file() and (before.chain, before.key)
        if kept != (step.identity.chain, step.identity.key):
            content = java_keystore(step.identity)
            ensure_contents(self._keystore, content, mode=0o600, owner=self.user)
        # Last: they say that the other one is there.
        return self.identity.ensure(step.identity, self.user)

    @_apply.register
    def _(self, step: RunDaemon) -> bool:
        directory = self._configure(step.role, step.cluster)
        told = settings.daemon(step, directory, self._scratch(step.role))
        self._write(directory / "spark-defaults.conf", told)
        if step.role == "worker":
            marks = settings.resources(step.unit, step.cluster.config.worker_cores)
            ensure_contents(directory / "resources.json", marks, owner=self.user)
            ensure_directory(self._work, mode=0o700, owner=self.user)
        command = (str(self.installation.spark_home / "bin" / "spark-class"), _MAIN[step.role])
        environment = self._environment(directory, step.cluster)
        arguments = (*command, *self._arguments(step))
        ports = [port for port in (step.port, step.ui_port) if port]
        if step.cluster.certificate:
            ports.append(secure(step.ui_port))
        places = [(step.cluster.address, port) for port in ports]
        service = self._service(step.role, arguments, environment, directory)
        return self._keep(service, directory, places)

    @_apply.register
    def _(self, step: StopDaemon) -> bool:
        return self._end(step.role)

    @_apply.register
    def _(self, step: Watch) -> bool:
        waker = Waker(self.services, step.unit)
        service = waker.watcher("watch", self.paths.run, "state", "reason", "credentials")
        return self._keep(service, self.paths.etc / service.name)

    @_apply.register
    def _(self, step: RunJob) -> bool:
        name = f"{JOB}{step.job.name}"
        if step.reads is None and (self.paths.etc / name / settings.ACCESS).exists():
            # It goes on with what it has until there is something new.
            return False
        directory = self._configure(name, step.cluster)
        defaults = settings.job(step, directory, self.installation.jars)
        self._write(directory / "spark-defaults.conf", defaults)
        self._certify(directory, step.cluster.certificate)
        description = settings.description(step, self.progress_file(step.job.name))
        ensure_contents(directory / "job.json", description, owner=self.user)
        for source in RUNNER:
            ensure_contents(directory / source, (_HERE / source).read_bytes(), owner=self.user)
        granted = self._grant(step, directory)
        service = self._driver(name, step.cluster, directory, "job_runner.py", "job.json")
        return self._keep(service, directory) or granted

    @_apply.register
    def _(self, step: RunProgram) -> bool:
        name = f"{JOB}{step.program.name}"
        directory = self._configure(name, step.cluster)
        defaults = settings.program(step, directory, self.installation.jars)
        self._write(directory / "spark-defaults.conf", defaults)
        ensure_contents(directory / "script.py", step.program.script.read_bytes(), owner=self.user)
        words = ("script.py", *step.program.args)
        return self._keep(self._driver(name, step.cluster, directory, *words), directory)

    @_apply.register
    def _(self, step: KeepJobs) -> bool:
        present = [path.name for path in self.paths.etc.glob(f"{JOB}*")]
        ended = [self._end(name) for name in present if name.removeprefix(JOB) not in step.names]
        return any(ended)

    @_apply.register
    def _(self, step: RemoveAll) -> bool:
        self.services.remove_all()
        return self.paths.remove()

    def users(self, steps: Iterable[Step]) -> frozenset[str] | None:
        """The users that the jobs of these steps log in to Kafka as.

        None while a job is not seen to work with what it is granted: it may have older ones.
        """
        jobs = [step for step in steps if isinstance(step, RunJob)]
        return (
            users(jobs) if all(job.reads and self.at_work(job.job.name) for job in jobs) else None
        )

    def free(self, data: Path) -> int:
        """Bytes left on the storage."""
        return shutil.disk_usage(data).free

    @property
    def identity(self) -> IdentityFiles:
        """The certificate of every page of this unit, as it was handed out."""
        return identity_of(self.paths)

    @property
    def _keystore(self) -> Path:
        return self.paths.etc / settings.KEYSTORE

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
        # A copy of its own, written beside the password that opens it: whoever is restarted
        # by its service manager meanwhile finds a pair.
        if cluster.certificate is None:
            ensure_absent(directory / settings.KEYSTORE)
        else:
            content = self._keystore.read_bytes()
            ensure_contents(directory / settings.KEYSTORE, content, mode=0o600, owner=self.user)
        return directory

    def _grant(self, step: RunJob, directory: Path) -> bool:
        """Whether Kafka granted something new, which the job goes over to by itself."""
        files = settings.granted(step)
        news = [
            ensure_contents(directory / file, text, mode=0o600, owner=self.user)
            for file, text in files.items()
        ]
        used = self.progress(step.job.name).credentials
        for old in directory.glob(settings.CREDENTIALS):
            if old.name not in {*files, used}:
                ensure_absent(old)
        return any(news)

    def _certify(self, directory: Path, certificate: Identity | None) -> None:
        """What a job's own page serves, and by whom it trusts the master's."""
        texts = settings.certified(certificate)
        for name in (settings.CERTIFICATE, settings.AUTHORITIES):
            if name in texts:
                ensure_contents(directory / name, texts[name], mode=0o600, owner=self.user)
            else:
                ensure_absent(directory / name)

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
            "PYSPARK_PYTHON": SYSTEM_PYTHON,
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
