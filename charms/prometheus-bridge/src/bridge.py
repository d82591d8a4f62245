# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The workload: brings Prometheus where the plan wants it. Knows nothing of Juju.

Every step is idempotent, and what runs is disturbed only when it has to be: the running process
loads a new configuration; only another command line restarts it.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from api import Api
from condition import Condition
from configuration import web_yml
from configurator import Configurator
from dataops.host.files import ensure_absent, ensure_contents, ensure_tree
from dataops.host.paths import UnitPaths
from dataops.host.ports import bind_failure
from dataops.host.processes import Process, identify
from dataops.host.services import Service, ServiceError, ServiceManager
from errors import ApiError, BridgeError, InstallError
from installation import Programs, Workload, ensure_programs, installed
from memory import Memory
from plan import Admit, Configure, Files, Install, Retire, Secure, Serve, Step

logger = logging.getLogger(__name__)

SERVICE = "prometheus"
# A start that reads much back takes longer; then the status says so and the next hook looks again.
PATIENCE = 20.0


class Bridge:
    """The Prometheus of one unit.

    Args:
        paths: The unit's directories.
        services: Who keeps the process running.
        workload: The charm's `workload.txt`.
        user: Whom the process runs as; None: oneself.
    """

    def __init__(
        self, paths: UnitPaths, services: ServiceManager, workload: Path, user: str | None = None
    ) -> None:
        self._paths = paths
        self._services = services
        self._workload = workload
        self.user = user
        self._files = Files(paths.etc)

    def converge(self, steps: Sequence[Step]) -> None:
        """Applies the steps in order; what stops one is remembered for `condition` and logged."""
        if not steps:
            return
        failure = ""
        try:
            for step in steps:
                self._apply(step)
        except (BridgeError, ServiceError) as error:
            failure = str(error)
        except OSError as error:
            failure = f"{error.strerror}: {error.filename}; make room or permissions right there"
        if failure:
            logger.error("%s", failure)
        if not isinstance(steps[-1], Retire):
            self._remember(failure=failure)

    def condition(self, url: str, data: Path | None, user: str = "") -> Condition:
        """How the workload is now.

        Args:
            url: Where it should answer.
            data: Where its samples should be.
            user: As whom to ask it.
        """
        found = installed(self._paths.bin)
        running = self._running()
        memory = self._memory()
        return Condition(
            version=found.version if found else "",
            running=running,
            ready=running and self.api(url, user).ready(),
            free=shutil.disk_usage(data).free if data and data.is_dir() else None,
            refusals=memory.refusals,
            failure=memory.failure,
        )

    def api(self, url: str, user: str = "") -> Api:
        """The API at that address, asked as one of our own users."""
        ca = self._files.identity.ca if url.startswith("https") else None
        return Api(url, ca, user, self._files.password(user) if user else None)

    def alert_rules(self) -> dict[str, Any]:
        """The rules in place, as one rule file's content."""
        files = sorted(self._files.rules.glob("*.yml"))
        contents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]
        return {"groups": [group for content in contents for group in content["groups"]]}

    def _apply(self, step: Step) -> None:
        """One step."""
        match step:
            case Install():
                self._paths.create(self.user)
                ensure_programs(step.archive, self._paths.bin, Workload.read(self._workload))
            case Secure():
                self._secure(step)
            case Admit():
                self._admit(step)
            case Configure():
                self._configure(step)
            case Serve():
                self._serve(step)
            case Retire():
                self._services.remove_all()
                self._paths.remove()

    def _secure(self, step: Secure) -> None:
        """Prometheus reads the files anew for each connection: nothing is restarted for them."""
        self._files.identity.ensure(step.identity, self.user)

    def _admit(self, step: Admit) -> None:
        """Own passwords come first and go last: whoever is let in can be asked."""
        files = self._files
        passwords = {files.password(user): text for user, text in step.own.items()}
        for path, text in passwords.items():
            ensure_contents(path, text, mode=0o600, owner=self.user)
        ensure_contents(files.web, web_yml(step.users), mode=0o600, owner=self.user)
        identity = files.identity
        if identity.chain.exists():
            text = web_yml(step.users, (identity.chain, identity.key))
            ensure_contents(files.web_tls, text, mode=0o600, owner=self.user)
        else:
            ensure_absent(files.web_tls)
        for path in files.etc.glob("password-*"):
            if path not in passwords:
                ensure_absent(path)

    def _configure(self, step: Configure) -> None:
        """Rules, jobs and prometheus.yml."""
        outcome = self._configurator().ensure(step, self._memory().verdicts)
        before = set(self._memory().refusals)
        for refusal in outcome.refusals:
            if refusal not in before:
                logger.warning("Left out %s", refusal)
        self._remember(refusals=outcome.refusals, verdicts=outcome.verdicts)

    def _serve(self, step: Serve) -> None:
        """The process, and in it the configuration."""
        samples = step.data / "prometheus"
        ensure_tree(samples, mode=0o750, owner=self.user)
        # Before anything changes: what serves goes on serving when a new port is taken.
        self._require_port(step)
        changed = self._services.ensure(self._service(step, samples))
        if changed or not self._running():
            self._start(step)
        elif self._memory().loaded != self._configurator().digest():
            self._reload(step)

    def _start(self, step: Serve) -> None:
        """Starts or restarts, and waits a while for an answer."""
        digest = self._configurator().digest()
        self._services.restart(SERVICE)
        if self._await(self.api(_url(step), step.user).ready):
            self._remember(loaded=digest)
        elif not self._running():
            raise BridgeError(f"Prometheus does not start: {self._last_words()}")

    def _reload(self, step: Serve) -> None:
        """Has the running process read its configuration anew, and makes sure that it did.

        By signal: the HTTP way would let anybody who reaches the port end the process.
        """
        api = self.api(_url(step), step.user)
        pid = self._services.state(SERVICE).pid
        if pid is None or not api.ready():
            # One that is still starting reads the new configuration anyway; a later hook checks.
            return
        digest, begun = self._configurator().digest(), time.time()
        os.kill(pid, signal.SIGHUP)

        def loaded() -> bool:
            done = api.metric("prometheus_config_last_reload_successful") == 1
            when = api.metric("prometheus_config_last_reload_success_timestamp_seconds")
            return done and when is not None and when >= begun

        if not self._await(loaded):
            raise BridgeError(f"Prometheus does not load its configuration: {self._last_words()}")
        self._remember(loaded=digest)
        logger.info("Prometheus has loaded its configuration anew")

    def _await(self, condition: Callable[[], bool]) -> bool:
        """Whether it comes true while the process runs and patience lasts."""
        end = time.monotonic() + PATIENCE
        while not (met := _holds(condition)) and time.monotonic() < end:
            if not self._running():
                break
            time.sleep(0.1)
        return met

    def _service(self, step: Serve, samples: Path) -> Service:
        """How the process is run."""
        programs = self._programs()
        options = {
            "config.file": self._files.config,
            "web.listen-address": _endpoint(step),
            "storage.tsdb.path": samples,
            "storage.tsdb.retention.time": step.retention_time,
            "storage.tsdb.retention.size": step.retention_size,
            "log.level": step.log_level,
            "web.config.file": self._files.web_tls if step.https else self._files.web,
            "web.local-assets": f"{programs.web}/" if programs.web else "",
        }
        arguments = [f"--{name}={value}" for name, value in options.items() if str(value)]
        return Service(
            name=SERVICE,
            command=(str(programs.prometheus), *arguments),
            user=self.user,
            restart="always",
            stop_timeout=60,
        )

    @property
    def process(self) -> Process | None:
        """The one that serves; None when there is none."""
        pid = self._services.state(SERVICE).pid
        return identify(pid) if pid else None

    def _running(self) -> bool:
        """Whether the process is there."""
        return self._services.state(SERVICE).running

    def _listens_at(self, endpoint: str) -> bool:
        """Whether our process was started to listen there, as its own command line says."""
        pid = self._services.state(SERVICE).pid
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return False
        return f"--web.listen-address={endpoint}" in command.split("\0")

    def _require_port(self, step: Serve) -> None:
        """Refuses a port that somebody else holds, and says how to go on.

        Raises:
            BridgeError: It is taken, and not by our own process.
        """
        failure = bind_failure(step.address, step.port)
        if failure and not self._listens_at(_endpoint(step)):
            raise BridgeError(
                f"Port {step.port} of {step.address} is taken ({failure}): see who has it with "
                f"'sudo ss -ltnp sport = :{step.port}' and stop it, or choose another: "
                "juju config <application> port=..."
            )

    def _programs(self) -> Programs:
        """What the step Install left."""
        if (found := installed(self._paths.bin)) is None:
            raise InstallError("Prometheus is not installed yet")
        return found

    def _configurator(self) -> Configurator:
        """Who writes the configuration."""
        return Configurator(self._files, self._programs().promtool, self._paths.tmp, self.user)

    def _last_words(self) -> str:
        """The last fault in the process's log."""
        try:
            text = (self._paths.log / f"{SERVICE}.log").read_text("utf-8", errors="replace")
        except OSError:
            return "see juju debug-log"
        faults = re.findall(r'^.*level=error.*?err="(.*)"$', text, flags=re.MULTILINE)
        last = text.strip().splitlines()[-1:]
        return (faults or last or ["it printed nothing"])[-1]

    def _memory(self) -> Memory:
        return Memory.read(self._paths.root / "bridge.json")

    def _remember(self, **news: object) -> None:
        """Changes part of the memory; a disk without room for it does not stop the rest."""
        try:
            self._memory().model_copy(update=news).write(self._paths.root / "bridge.json")
        except OSError as error:
            logger.warning("Cannot write to %s: %s", self._paths.root, error.strerror)


def _holds(condition: Callable[[], bool]) -> bool:
    """Whether it holds; an API that does not answer yet holds nothing."""
    try:
        return condition()
    except ApiError:
        return False


def _endpoint(step: Serve) -> str:
    """Where it listens."""
    return f"{step.address}:{step.port}"


def _url(step: Serve) -> str:
    """Where it answers."""
    return f"{'https' if step.https else 'http'}://{_endpoint(step)}"
