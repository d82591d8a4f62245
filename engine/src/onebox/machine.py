# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A machine on this host: its directory, how to enter, start, end and remove it.

`MachineRoom` is the one protocol of machines, and the plain implementation of it: a directory,
and processes that know from their environment where they belong. `onebox.nspawn.room` is the
other one, whose machines boot.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from onebox import processes
from onebox.home import Home, short_socket
from onebox.hooktools import program

_STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class MachineRoom:
    """The directory below which one machine looks as it does under Juju."""

    root: Path

    # Whether it has a systemd of its own; else its processes are this host's.
    boots: ClassVar[bool] = False

    def path(self, inside: str) -> Path:
        """Where an absolute path of the machine's disk lies on the host."""
        return self.root / inside.lstrip("/")

    def told(self, path: Path) -> Path:
        """What processes of the machine call a path of the host: here the same."""
        return path

    def named(self, path: Path) -> Path:
        """Where on the host lies what a process of the machine calls `path`: here the same."""
        return path

    def enter(self, directory: Path) -> tuple[str, ...]:
        """What to put before a command so that it runs on the machine."""
        return ()

    def socket(self, path: Path) -> Path:
        """Where a socket is that processes of the machine reach: paths of sockets are short."""
        return short_socket(path)

    def install_tools(self, tools: Path, home: Home, model: str, unit: str) -> None:
        """Puts a unit's hook tools in place."""
        program.install(tools, home, model, unit)

    def standard_path(self) -> str:
        """The directories of the machine's programs; a host without a Python lends ours."""
        if shutil.which("python3", path=_STANDARD_PATH):
            return _STANDARD_PATH
        fallback = self.path("/var/lib/juju/python")
        fallback.mkdir(parents=True, exist_ok=True)
        link = fallback / "python3"
        if not link.is_symlink():
            link.symlink_to(os.path.realpath(sys.executable))
        return f"{_STANDARD_PATH}:{fallback}"

    @property
    def lost(self) -> bool:
        """Whether it has gone down by itself; a directory does not."""
        return False

    def start(self) -> bool:
        """Makes the machine run; whether it has come up only now."""
        return False

    def end(self, model_uuid: str, machine: str) -> None:
        """Ends all processes of the machine."""
        processes.end(processes.of_machine(model_uuid, machine))

    def remove(self) -> None:
        """Deletes the machine's files."""
        delete(self.root)


def delete(path: Path) -> None:
    """Deletes a tree, also where a charm took away our right to write."""
    shutil.rmtree(path, ignore_errors=True)
    for directory, _, _ in os.walk(path):
        with suppress(OSError):
            Path(directory).chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)
