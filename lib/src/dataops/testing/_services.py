# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A service manager without processes."""

import datetime

from dataops.host.services import Service, ServiceError, ServiceState, Status

_EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
_ABSENT = ServiceState(Status.ABSENT)


class FakeServices:
    """Implements ``ServiceManager`` in memory.

    Attributes:
        defined: every defined service by name.
        running: what each running process was started with, by name: differs from ``defined``
            while a changed definition waits for a restart.
        journal: what changed, in order, such as ``("start", "broker")``.
        unstartable: names that cannot be started, each with the reason.
    """

    def __init__(self) -> None:
        self.defined: dict[str, Service] = {}
        self.running: dict[str, Service] = {}
        self.journal: list[tuple[str, str]] = []
        self.unstartable: dict[str, str] = {}
        self._states: dict[str, ServiceState] = {}
        self._starts = 0

    def ensure(self, service: Service) -> bool:
        """Whether the definition changed."""
        if self.defined.get(service.name) == service:
            return False
        self.defined[service.name] = service
        self._states.setdefault(service.name, ServiceState(Status.STOPPED))
        self.journal.append(("ensure", service.name))
        return True

    def start(self, name: str) -> None:
        """Run it; does nothing if it runs."""
        self._require(name)
        if name not in self.running:
            self._run(name, "start")

    def restart(self, name: str) -> None:
        """Run it anew, as now defined."""
        self._require(name)
        self._run(name, "restart")

    def stop(self, name: str, *, patience: float | None = None) -> None:
        """End it."""
        if self.running.pop(name, None):
            self.journal.append(("stop", name))
        if name in self.defined:
            self._states[name] = ServiceState(Status.STOPPED, since=self._now())

    def ask_to_end(self, name: str) -> None:
        """Begin to end it: it runs until the test lets it ``end``."""
        if name in self.running:
            self.journal.append(("ask-to-end", name))

    def end(self, name: str) -> None:
        """The process ends well by itself.

        Raises:
            AssertionError: when it does not run.
        """
        assert name in self.running, f"{name} does not run"
        del self.running[name]
        self._states[name] = ServiceState(Status.STOPPED, since=self._now())

    def remove(self, name: str) -> None:
        """End it and forget it."""
        self.stop(name)
        if self.defined.pop(name, None):
            self.journal.append(("remove", name))
            del self._states[name]

    def state(self, name: str) -> ServiceState:
        """Where it is."""
        return self._states.get(name, _ABSENT)

    def remove_all(self) -> None:
        """End and forget every service."""
        for name in sorted(self.defined):
            self.remove(name)

    def crash(self, name: str) -> None:
        """The process ends by itself, and its restart has not happened yet.

        Raises:
            AssertionError: when it does not run.
        """
        assert name in self.running, f"{name} does not run"
        del self.running[name]
        self._states[name] = ServiceState(Status.FAILED, since=self._now())

    def stale(self, name: str) -> bool:
        """Whether it runs with an older definition than the present one."""
        return name in self.running and self.running[name] != self.defined[name]

    def _require(self, name: str) -> None:
        if name not in self.defined:
            raise ServiceError(f"Service {name} is not defined")
        if reason := self.unstartable.get(name):
            raise ServiceError(f"Cannot start service {name}: {reason}")

    def _run(self, name: str, verb: str) -> None:
        self._starts += 1
        self.running[name] = self.defined[name]
        self.journal.append((verb, name))
        self._states[name] = ServiceState(
            Status.RUNNING, pid=1000 + self._starts, since=self._now()
        )

    def _now(self) -> datetime.datetime:
        return _EPOCH + datetime.timedelta(seconds=len(self.journal))
