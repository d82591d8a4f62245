# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A place for a cluster that is only a rehearsal, and nothing of it afterwards.

Everything of it lies in one directory, on an address of this machine alone, in processes that
name the directory in their arguments. A rehearsal that was killed leaves these: whoever comes
next finds them by that, and removes them first.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

from dataops.host.processes import Process, identify, kill
from dataops.host.services import Service, ServiceManager, Status
from dataops.host.users import process_of

# An argument of every process of a rehearsal: Java takes it for a property.
_MARK = "-Ddataops.scratch="
# What outlives the process that began it is a service of this name.
SERVICE = "rehearsal"
_OVER = (Status.STOPPED, Status.FAILED, Status.ABSENT)
_ATTEMPTS = 20
_PAUSE = 0.2


class ScratchError(Exception):
    """A rehearsal has no place, or does not come up; the message says why."""


class Scratch:
    """The place; entering makes it, after removing what was left there, and leaving removes it.

    Args:
        directory: of nothing else; its parent exists.
        user: whom its processes run as; None is oneself.
        services: of the unit: what a program needs that is to outlive whoever began it.
    """

    def __init__(
        self, directory: Path, user: str | None = None, services: ServiceManager | None = None
    ) -> None:
        self.directory = directory
        self._user = user
        self._services = services
        self._process: subprocess.Popen[bytes] | None = None
        self._stays = False

    def __enter__(self) -> Scratch:
        self.make()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None or not self._stays:
            self.clear()

    def make(self) -> None:
        """Have the place, empty."""
        self.clear()
        self.directory.mkdir(mode=0o700)
        if self._user:
            shutil.chown(self.directory, self._user, self._user)

    def stay(self) -> None:
        """Have it left as it is, unless there is an error: somebody else clears it."""
        self._stays = True

    def end(self) -> bool:
        """Whether any process of it was there; now there is none."""
        found = False
        for process in self.processes():
            found = True
            # It may end by itself meanwhile.
            with contextlib.suppress(ProcessLookupError):
                kill(process)
        if self._process is not None:
            # A script on its way to Java does not show the mark yet.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None
        if self._services and self._services.state(SERVICE).status is not Status.ABSENT:
            self._services.remove(SERVICE)
        return found

    def clear(self) -> bool:
        """Whether there was anything; now there is nothing."""
        found = self.end() or self.directory.exists()
        if self.directory.exists():
            shutil.rmtree(self.directory)
        return found

    def processes(self) -> list[Process]:
        """Every process of it, whoever started it."""
        mark = f"{_MARK}{self.directory}".encode()
        return [process for process in _all() if mark in _arguments(process)]

    def run(self, command: Iterable[str], log: Path) -> None:
        """Begin a Java program of it.

        Args:
            command: the program and its arguments.
            log: takes what it prints.
        """
        self.begin(self._marked(command), log)

    def keep(self, command: Iterable[str], log: Path) -> None:
        """Begin a Java program of it that goes on when this process has ended.

        Args:
            command: the program and its arguments.
            log: takes what it prints.

        Raises:
            ServiceError: it cannot be begun.
        """
        assert self._services is not None, "whoever keeps a program gives a service manager"
        service = Service(
            name=SERVICE,
            command=self._marked(command),
            user=self._user,
            working_directory=self.directory,
            log=log,
            restart="no",
        )
        self._services.ensure(service)
        self._services.restart(SERVICE)

    def begin(
        self, command: Iterable[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Begin a program of it, which gives its Java the `options`.

        Args:
            command: the program and its arguments.
            log: takes what it prints.
            environment: all of it; None is that of this process.
        """
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                cwd=self.directory, env=environment, start_new_session=True,
                **process_of(self._user),
            )  # fmt: skip

    @property
    def options(self) -> tuple[str, ...]:
        """Of Java: its program is found by the first; no file of it outlives the rehearsal."""
        place = self.directory
        return f"{_MARK}{place}", f"-Djava.io.tmpdir={place}", "-XX:-UsePerfData"

    def _marked(self, command: Iterable[str]) -> tuple[str, ...]:
        program, *arguments = command
        return program, *self.options, *arguments

    def wait(
        self, ready: Callable[[], bool], patience: float, log: Path, what: str = "broker"
    ) -> None:
        """Return once it is ready.

        Args:
            ready: tells that; it may raise.
            patience: seconds.
            log: what its program prints.
            what: it is, for the error.

        Raises:
            ScratchError: its program ended, or takes too long.
        """
        deadline = time.monotonic() + patience
        while True:
            # Asked first: a program may well end as soon as it is ready.
            ended = self._ended()
            if ready():
                return
            if ended:
                raise ScratchError(f"The rehearsal's {what} ended: {_end(log)}")
            if time.monotonic() > deadline:
                raise ScratchError(
                    f"The rehearsal's {what} is not ready after {patience:g} s: {_end(log)}"
                )
            time.sleep(_PAUSE)

    def _ended(self) -> bool:
        if self._process is not None:
            return self._process.poll() is not None
        return self._services is None or self._services.state(SERVICE).status in _OVER


def address(ports: Iterable[int]) -> str:
    """An address that only this machine reaches, where nobody listens on these ports.

    Raises:
        ScratchError: none was found.
    """
    wanted = tuple(ports)
    for _ in range(_ATTEMPTS):
        parts = (200 + secrets.randbelow(50), secrets.randbelow(256), 1 + secrets.randbelow(254))
        candidate = "127." + ".".join(str(part) for part in parts)
        if all(_free(candidate, port) for port in wanted):
            return candidate
    raise ScratchError("No loopback address has free ports for a rehearsal")


def _free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _all() -> Iterator[Process]:
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and (found := identify(int(path.name))):
            yield found


def _arguments(process: Process) -> list[bytes]:
    try:
        return Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _end(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return " / ".join(lines[-3:]) or "it said nothing"
