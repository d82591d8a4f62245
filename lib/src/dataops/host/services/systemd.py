# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Services under the machine's systemd."""

import datetime
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from dataops.host.files import ensure_absent, ensure_contents
from dataops.host.paths import UnitPaths
from dataops.host.services import _environment
from dataops.host.services._patience import limited
from dataops.host.services._service import Service, ServiceError, ServiceState, Status

_UNITS = Path("/etc/systemd/system")
# Where units that are enabled have links, as the template's [Install] says.
_WANTS = "multi-user.target.wants"
_LONGEST_LOG = 50 * 1024 * 1024  # bytes
_PROPERTIES = ("LoadState", "ActiveState", "SubState", "MainPID", "StateChangeTimestamp")
_RESTARTING = ("auto-restart", "auto-restart-queued")


class Systemd:
    """The services of one unit, as ``dataops-<app>-<n>-<service>.service``."""

    def __init__(self, paths: UnitPaths, unit: str, units: Path = _UNITS) -> None:
        self._paths = paths
        self._unit = unit
        self._units = units
        self._prefix = f"dataops-{unit.replace('/', '-')}-"

    def ensure(self, service: Service) -> bool:
        """Whether the definition changed."""
        environment = _environment_file(_environment.of(service, self._paths))
        _shorten(_log(service, self._paths))
        # systemd reads this file as root, before it drops to the service's user.
        changed = ensure_contents(self._variables(service.name), environment, mode=0o600)
        text = render(service, self._unit, self._paths, self._variables(service.name))
        return ensure_contents(self._file(service.name), text) or changed

    def start(self, name: str) -> None:
        """Run it, now and after a reboot."""
        self._prepare(name)
        _systemctl("start", self._name(name))

    def restart(self, name: str) -> None:
        """Run it anew, as now defined."""
        self._prepare(name)
        _systemctl("restart", self._name(name))

    def stop(self, name: str, *, patience: float | None = None) -> None:
        """End it and wait for that."""
        if not self._file(name).exists():
            return
        ensure_absent(self._link(name))
        with limited(self.state(name).pid, patience):
            _systemctl("stop", self._name(name))
        if self.state(name).status is Status.FAILED:
            _systemctl("reset-failed", self._name(name))

    def ask_to_end(self, name: str) -> None:
        """Begin to end it."""
        if self._file(name).exists():
            ensure_absent(self._link(name))
            _systemctl("stop", "--no-block", self._name(name))

    def remove(self, name: str) -> None:
        """End it and forget it."""
        self._forget([name])

    def state(self, name: str) -> ServiceState:
        """Where it is."""
        if not self._file(name).exists():
            return ServiceState(Status.ABSENT)
        wanted = [f"--property={','.join(_PROPERTIES)}", "--timestamp=unix"]
        text = _systemctl("show", *wanted, self._name(name))
        return parse_state(text)

    def remove_all(self) -> None:
        """End and forget every service of this unit."""
        files = sorted(self._units.glob(f"{self._prefix}*.service"))
        self._forget([file.stem.removeprefix(self._prefix) for file in files])

    def _forget(self, names: Sequence[str]) -> None:
        for name in names:
            self.stop(name)
            ensure_absent(self._variables(name))
        gone = [ensure_absent(self._file(name)) for name in names]
        if any(gone):
            _systemctl("daemon-reload")

    def _name(self, name: str) -> str:
        return f"{self._prefix}{name}.service"

    def _file(self, name: str) -> Path:
        return self._units / self._name(name)

    def _link(self, name: str) -> Path:
        """What has it started with the machine: that is all that `systemctl enable` makes.

        It would also have systemd read the files of all units, which takes up to a second.
        """
        return self._units / _WANTS / self._name(name)

    def _variables(self, name: str) -> Path:
        return self._paths.control / f"{name}.env"

    def _prepare(self, name: str) -> None:
        """Have it started with the machine, and systemd know its file as it is now."""
        if not self._file(name).exists():
            raise ServiceError(f"Service {name} is not defined")
        self._link(name).parent.mkdir(exist_ok=True)
        if not self._link(name).is_symlink():
            self._link(name).symlink_to(self._file(name))
        if "yes" in _systemctl("show", "--property=NeedDaemonReload", self._name(name)):
            _systemctl("daemon-reload")


def render(service: Service, unit: str, paths: UnitPaths, environment: Path) -> str:
    """The unit file of a service.

    Args:
        service: what to run.
        unit: the Juju unit's name.
        paths: its directories.
        environment: the file with the service's variables.
    """
    # Every hook loads this module, and few of them write a unit file.
    import jinja2

    loader = jinja2.PackageLoader("dataops.host.services")
    # Unit files are not HTML.
    templates = jinja2.Environment(loader=loader, trim_blocks=True, keep_trailing_newline=True)  # noqa: S701
    templates.filters.update(systemd_quote=_quote, systemd_path=_escape)
    log = _log(service, paths)
    template = templates.get_template("service.j2")
    return template.render(
        service=service, unit=unit, paths=paths, environment=environment, log=log
    )


def parse_state(text: str) -> ServiceState:
    """The state that ``systemctl show`` prints."""
    found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    since = found.get("StateChangeTimestamp", "").removeprefix("@")
    return ServiceState(
        status=_status(found),
        pid=int(found.get("MainPID", "0")) or None,
        since=datetime.datetime.fromtimestamp(int(since), datetime.timezone.utc)
        if since.isdigit()
        else None,
    )


def _log(service: Service, paths: UnitPaths) -> Path:
    return service.log or paths.log / f"{service.name}.log"


def _shorten(log: Path) -> None:
    """Put a log that grew long aside, and begin anew: systemd only ever appends."""
    if log.is_file() and log.stat().st_size > _LONGEST_LOG:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def _status(found: dict[str, str]) -> Status:
    if found.get("LoadState") == "not-found":
        return Status.ABSENT
    if found.get("SubState") in _RESTARTING or found.get("ActiveState") == "failed":
        return Status.FAILED
    return Status.STOPPED if found.get("ActiveState") == "inactive" else Status.RUNNING


def _environment_file(variables: dict[str, str]) -> str:
    lines = ["# Written by the charm."]
    for name, value in sorted(variables.items()):
        escaped = "".join(f"\\{letter}" if letter in '\\"$`' else letter for letter in value)
        lines.append(f'{name}="{escaped}"')
    return "\n".join(lines) + "\n"


def _escape(path: Path) -> str:
    return os.fspath(path).replace("%", "%%")


def _quote(argument: str) -> str:
    text = argument.replace("%", "%%").replace("$", "$$")
    plain = text and not set(text) & set(" \t\n\"'\\;")
    if plain:
        return text
    for letter, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(letter, escape)
    return f'"{text}"'


def _systemctl(*arguments: str) -> str:
    done = subprocess.run(["systemctl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServiceError(
            f"systemctl {' '.join(arguments)} failed ({done.returncode}): {done.stderr.strip()}"
        )
    return done.stdout
