# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a service is, and what may be asked of whoever runs it."""

import dataclasses
import datetime
import enum
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


class ServiceError(Exception):
    """A service cannot do what was asked; the message names it and the next move."""


@dataclasses.dataclass(frozen=True)
class Service:
    """One process to keep running.

    Attributes:
        name: lower case letters, digits and dashes; unique within the unit.
        command: the program and its arguments. Anybody on the machine can read them: no secrets.
        environment: added to the few variables every service gets; only root and ``user`` can
            read it.
        user: whom to run as; None runs as oneself.
        working_directory: None means the unit's ``root``.
        log: the file that gets everything printed; None means ``<log>/<name>.log``.
        restart: "on-failure" and "always" try for ever, ever more slowly. "no" runs it once.
        brief: it may end well at any time: an end soon after the start is no failure.
        stop_timeout: seconds between asking the process to end and killing it.
        open_files: the limit on open files, as far as we may raise it.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    user: str | None = None
    working_directory: Path | None = None
    log: Path | None = None
    restart: Literal["on-failure", "always", "no"] = "on-failure"
    brief: bool = False
    stop_timeout: int = 30
    open_files: int = 65536

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"Service name {self.name!r}: use a-z, 0-9 and dashes")
        if not self.command or not Path(self.command[0]).is_absolute():
            raise ValueError(f"Service {self.name}: name the program by its absolute path")


class Status(str, enum.Enum):
    """Where a service is."""

    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    ABSENT = "absent"


@dataclasses.dataclass(frozen=True)
class ServiceState:
    """What the service manager says about a service.

    Attributes:
        status: FAILED also while waiting for the next attempt.
        pid: the process, while there is one.
        since: when it came into this state, where that is known.
    """

    status: Status
    pid: int | None = None
    since: datetime.datetime | None = None

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self.status is Status.RUNNING


class ServiceManager(Protocol):
    """Keeps the services of one unit running."""

    def ensure(self, service: Service) -> bool:
        """Whether the definition changed; what runs keeps the old one until ``restart``."""
        ...

    def start(self, name: str) -> None:
        """Run it, now and after a reboot; does nothing if it runs.

        Raises:
            ServiceError: when it is not defined or cannot be started.
        """
        ...

    def restart(self, name: str) -> None:
        """Run it anew, as now defined; raises as ``start``."""
        ...

    def stop(self, name: str, *, patience: float | None = None) -> None:
        """End it, waiting up to its ``stop_timeout``; it stays defined. Does nothing if absent.

        Args:
            name: of the service.
            patience: seconds after which it is killed, where its own time is too long.
        """
        ...

    def ask_to_end(self, name: str) -> None:
        """Begin to end it, as ``stop`` does, and return at once."""
        ...

    def remove(self, name: str) -> None:
        """End it and forget it."""
        ...

    def state(self, name: str) -> ServiceState:
        """Where it is."""
        ...

    def remove_all(self) -> None:
        """End and forget every service of this unit."""
        ...
