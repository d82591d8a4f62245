# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Services under a supervisord of the unit's own: no root, no systemd, nothing left behind.

A definition is a program section in ``control/defined`` and a launch script in ``etc/launch``; a
link in ``control/enabled`` makes it run, now and whenever the supervisor starts anew.
"""

import datetime
import shlex
import xmlrpc.client
from pathlib import Path
from typing import Any

from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import _environment
from dataops.host.services._patience import limited
from dataops.host.services._service import Service, ServiceError, ServiceState, Status
from dataops.host.services._supervisord import Supervisord, wait_until_executed

# From supervisor.xmlrpc.Faults, which its interface promises.
_BAD_NAME, _ALREADY_STARTED, _NOT_RUNNING, _ALREADY_ADDED = 10, 60, 70, 90
_STATUS = {
    "STARTING": Status.RUNNING,
    "RUNNING": Status.RUNNING,
    "STOPPING": Status.RUNNING,
    "STOPPED": Status.STOPPED,
    "BACKOFF": Status.FAILED,
    "FATAL": Status.FAILED,
    "UNKNOWN": Status.FAILED,
}
_RESTART = {"always": "true", "on-failure": "unexpected", "no": "false"}
_PROGRAM = """\
; Written by the charm.
[program:{name}]
command = /bin/sh {script}
directory = {directory}
{user}autostart = true
autorestart = {restart}
startsecs = {startsecs}
startretries = {startretries}
stopsignal = TERM
stopwaitsecs = {stop_timeout}
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 50MB
stdout_logfile_backups = 2
"""
# The limit of open files is raised as far as we may. The process dies with the supervisor, which
# would otherwise not know it when it comes back; the command follows the drop to another user,
# because that would clear the wish.
_SCRIPT = """\
#!/bin/sh
# Written by the charm.
unset PYTHONPATH SUPERVISOR_ENABLED SUPERVISOR_SERVER_URL
unset SUPERVISOR_PROCESS_NAME SUPERVISOR_GROUP_NAME
{exports}
ulimit -S -n {open_files} 2>/dev/null || ulimit -S -n "$(ulimit -H -n)"
exec setpriv --pdeathsig KILL -- {command}
"""


class Supervised:
    """The services of one unit under its own supervisord."""

    def __init__(self, paths: UnitPaths) -> None:
        self._paths = paths
        self._daemon = Supervisord(paths)

    def ensure(self, service: Service) -> bool:
        """Whether the definition changed."""
        ensure_directory(self._defined, mode=0o700)
        script = self._script(service.name)
        ensure_directory(script.parent, mode=0o700, owner=service.user)
        # Only the workload's user reads the script: it may hold secrets in its environment.
        text = _script(service, self._paths)
        changed = ensure_contents(script, text, mode=0o600, owner=service.user)
        program = self._program(service.name)
        changed |= ensure_contents(program, _program(service, script, self._paths), mode=0o600)
        if self._link(service.name).exists():
            self._daemon.ensure_running()
        return changed

    def start(self, name: str) -> None:
        """Run it, and whenever the supervisor starts anew."""
        self._enable(name)
        self._daemon.ensure_running()
        with self._daemon.connect() as supervisor:
            _load(supervisor, name)
            _run(supervisor, name)

    def restart(self, name: str) -> None:
        """Run it anew, as now defined."""
        self._end(name)
        self.start(name)

    def stop(self, name: str, *, patience: float | None = None) -> None:
        """End it and wait for that."""
        ensure_absent(self._link(name))
        with limited(self.state(name).pid, patience):
            self._end(name)

    def ask_to_end(self, name: str) -> None:
        """Begin to end it: the supervisor kills it when its time is over."""
        ensure_absent(self._link(name))
        if not self._daemon.alive():
            return
        with self._daemon.connect() as supervisor:
            if _info(supervisor, name) is not None:
                wait_until_executed(supervisor)
                _tolerating(_NOT_RUNNING, supervisor.stopProcess, name, False)

    def remove(self, name: str) -> None:
        """End it and forget it."""
        self.stop(name)
        ensure_absent(self._program(name))
        ensure_absent(self._script(name).parent)

    def state(self, name: str) -> ServiceState:
        """Where it is."""
        if not self._program(name).exists():
            return ServiceState(Status.ABSENT)
        if self._daemon.alive():
            with self._daemon.connect() as supervisor:
                info = _info(supervisor, name)
                return _state(info) if info else ServiceState(Status.STOPPED)
        wanted = self._link(name).exists()
        return ServiceState(Status.FAILED if wanted else Status.STOPPED)

    def remove_all(self) -> None:
        """End the supervisor and all it runs, and forget every service."""
        self._daemon.shut_down()
        ensure_absent(self._daemon.enabled)
        ensure_absent(self._defined)
        ensure_absent(self._paths.etc / "launch")

    @property
    def _defined(self) -> Path:
        return self._paths.control / "defined"

    def _program(self, name: str) -> Path:
        return self._defined / f"{name}.conf"

    def _script(self, name: str) -> Path:
        return self._paths.etc / "launch" / name / "run.sh"

    def _link(self, name: str) -> Path:
        return self._daemon.enabled / f"{name}.conf"

    def _enable(self, name: str) -> None:
        if not self._program(name).exists():
            raise ServiceError(f"Service {name} is not defined")
        ensure_directory(self._daemon.enabled, mode=0o700)
        if not self._link(name).is_symlink():
            self._link(name).symlink_to(self._program(name))

    def _end(self, name: str) -> None:
        if not self._daemon.alive():
            return
        with self._daemon.connect() as supervisor:
            if _info(supervisor, name) is None:
                return
            wait_until_executed(supervisor)
            _tolerating(_NOT_RUNNING, supervisor.stopProcess, name)
            _tolerating(_BAD_NAME, supervisor.removeProcessGroup, name)


def _load(supervisor: Any, name: str) -> None:
    supervisor.reloadConfig()
    _tolerating(_ALREADY_ADDED, supervisor.addProcessGroup, name)


def _run(supervisor: Any, name: str) -> None:
    try:
        _tolerating(_ALREADY_STARTED, supervisor.startProcess, name, False)
    except xmlrpc.client.Fault as fault:
        raise ServiceError(f"Cannot start service {name}: {fault.faultString}") from fault
    wait_until_executed(supervisor)


def _tolerating(code: int, call: Any, *arguments: object) -> None:
    try:
        call(*arguments)
    except xmlrpc.client.Fault as fault:
        if fault.faultCode != code:
            raise


def _info(supervisor: Any, name: str) -> dict[str, Any] | None:
    try:
        return supervisor.getProcessInfo(name)
    except xmlrpc.client.Fault as fault:
        if fault.faultCode != _BAD_NAME:
            raise
        return None


def _state(info: dict[str, Any]) -> ServiceState:
    name = info["statename"]
    if name == "EXITED":
        status = Status.FAILED if info["exitstatus"] else Status.STOPPED
    else:
        status = _STATUS[name]
    when = info["start"] if status is Status.RUNNING else info["stop"]
    since = datetime.datetime.fromtimestamp(when, datetime.timezone.utc) if when else None
    return ServiceState(status, info["pid"] or None, since)


def _program(service: Service, script: Path, paths: UnitPaths) -> str:
    once = service.restart == "no"
    values = {
        "name": service.name,
        "script": shlex.quote(str(script)),
        "directory": service.working_directory or paths.root,
        "user": f"user = {service.user}\n" if service.user else "",
        "restart": _RESTART[service.restart],
        # Whatever ends sooner is tried again, after a pause one second longer each time.
        "startsecs": 0 if once or service.brief else 5,
        "startretries": 0 if once else 2**31 - 1,
        "stop_timeout": service.stop_timeout,
        "log": service.log or paths.log / f"{service.name}.log",
    }
    return _PROGRAM.format_map(
        {key: str(value).replace("%", "%%") for key, value in values.items()}
    )


def _script(service: Service, paths: UnitPaths) -> str:
    variables = sorted(_environment.of(service, paths).items())
    return _SCRIPT.format(
        exports="\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables),
        open_files=service.open_files,
        command=shlex.join(service.command),
    )
