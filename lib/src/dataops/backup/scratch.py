# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A place for a cluster that is only a rehearsal, and nothing of it afterwards.

Everything of it lies in one directory, on an address of this machine alone, in processes that
name the directory in their arguments. A rehearsal that was killed leaves these: whoever comes
next finds them by that, and removes them first.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

from dataops.host.processes import Process, identify, kill
from dataops.host.users import process_of

# An argument of every process of a rehearsal: Java takes it for a property.
_MARK = "-Ddataops.scratch="
_ATTEMPTS = 20
_PAUSE = 0.2


class ScratchError(Exception):
    """A rehearsal has no place, or does not come up; the message says why."""


class Scratch:
    """The place; entering makes it, after removing what was left there, and leaving removes it.

    Args:
        directory: of nothing else; its parent exists.
        user: whom its processes run as; None is oneself.
    """

    def __init__(self, directory: Path, user: str | None = None) -> None:
        self.directory = directory
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Scratch:
        self.clear()
        self.directory.mkdir(mode=0o700)
        if self._user:
            shutil.chown(self.directory, self._user, self._user)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def clear(self) -> bool:
        """Whether there was anything; now there is nothing."""
        found = self.directory.exists()
        for process in self.processes():
            found = True
            # It may end by itself meanwhile.
            with contextlib.suppress(ProcessLookupError):
                kill(process)
        if self._process is not None:
            self._process.wait(30)
            self._process = None
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
        program, *arguments = command
        # What Java would keep in /tmp would outlive the rehearsal.
        here = (f"-Djava.io.tmpdir={self.directory}", "-XX:-UsePerfData")
        marked = [program, f"{_MARK}{self.directory}", *here, *arguments]
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                marked, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=self.directory,
                start_new_session=True, **process_of(self._user),
            )  # fmt: skip

    def wait(self, ready: Callable[[], bool], patience: float, log: Path) -> None:
        """Return once it is ready.

        Raises:
            ScratchError: its program ended, or takes too long.
        """
        deadline = time.monotonic() + patience
        while not ready():
            if self._process is None or self._process.poll() is not None:
                raise ScratchError(f"The rehearsal's broker ended: {_end(log)}")
            if time.monotonic() > deadline:
                raise ScratchError(
                    f"The rehearsal's broker is not ready after {patience:g} s: {_end(log)}"
                )
            time.sleep(_PAUSE)


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
