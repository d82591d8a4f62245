# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Starts, directs and ends the canary of an operation, and reads what it has seen.

The canary is a process of this unit that writes and reads as a customer does; see
`docs/explanation/canary.md`. What it is told lies in a file that only its user can read.
"""

from __future__ import annotations

import datetime
import math
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

import ops

import dataops
from dataops.evidence import CanaryState, Limits, Phase
from dataops.evidence.meter.orders import Login, Orders, Report
from dataops.host import wake
from dataops.host.files import ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceManager, manager
from dataops.interfaces.kafka_client import Access

NAME = "canary"
# Each hook of a running operation asks for it anew; the meter causes one every five minutes.
PATIENCE = datetime.timedelta(minutes=20)
# The meter leaves at once, unless its client library waits for a broker; killed it loses nothing.
_STOP_SECONDS = 10
# It reports every second. Whoever keeps it running starts it anew within a few.
_SILENCE_SECONDS = 10.0
# One that runs and reports nothing for so long hangs: at its end it reads for 20 s and is silent.
_HANGING_SECONDS = 60.0
_LIBRARY = str(Path(dataops.__file__).parents[1])


class Canary:
    """The canary of this unit.

    Args:
        paths: the unit's directories.
        services: what keeps its process running.
        unit: this unit's name.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        paths: UnitPaths,
        services: ServiceManager,
        unit: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._paths = paths
        self._services = services
        self._unit = unit
        self._now = now
        self._directory = paths.run / NAME

    @classmethod
    def of(cls, charm: ops.CharmBase) -> Canary:
        """The canary of this charm's unit."""
        paths = UnitPaths.of(charm)
        return cls(paths, manager(paths, charm.unit.name), charm.unit.name)

    def start(self, operation: int, round_: int, limits: Limits, access: Access) -> bool:
        """Whether it was begun for this round of the operation; one that is under way goes on.

        Whoever calls this at every hook of the operation keeps it alive, and lets it follow
        every change of the access.

        Args:
            operation: the operation's number.
            round_: of the operation: what is resumed is measured from the beginning.
            limits: of its plan.
            access: what the relation grants to `observed.CANARY`.
        """
        present = self._orders()
        begun = present is None or (present.operation, present.round) != (operation, round_)
        if present is None or begun:
            present = self._first_orders(operation, round_, limits, access)
        login = _login(access)
        self._write(present.model_copy(update={"login": login, "limits": limits}))
        if begun or not self._ended(present):
            self._run(anew=begun)
        return begun

    def switch(self, phase: Phase) -> None:
        """Count in this phase from now on; `state().phase` says when it has heard it."""
        self._order(phase=phase)

    def stop(self) -> None:
        """See what is under way and end; `state().running` says when it has ended."""
        self._order(ending=True)

    def state(self) -> CanaryState:
        """What it says of itself."""
        orders = self._orders()
        if orders is None:
            return CanaryState()
        report = Report.read(self._directory)
        if report is None or report.run != orders.run:
            return CanaryState(
                running=True,
                operation=orders.operation,
                round=orders.round,
                complaint=self._complaint(),
            )
        seen = report.evidence if report.evidence and report.evidence.sent else None
        own = "" if report.ended else self._complaint() or self._hanging()
        complaints = [report.complaint, own]
        return CanaryState(
            running=not report.ended,
            phase=report.phase,
            evidence=seen,
            breaches=report.breaches,
            complaint=" ".join(text for text in complaints if text),
            operation=orders.operation,
            round=orders.round,
            settled=report.settled,
        )

    def _orders(self) -> Orders | None:
        try:
            return Orders.read(self._directory)
        except FileNotFoundError:
            return None

    def _ended(self, orders: Orders) -> bool:
        report = Report.read(self._directory)
        return report is not None and report.run == orders.run and report.ended

    def _first_orders(self, operation: int, round_: int, limits: Limits, access: Access) -> Orders:
        return Orders(
            run=secrets.randbits(63),
            operation=operation,
            round=round_,
            deadline=0,
            limits=limits,
            login=_login(access),
            unit=self._unit,
            waker=wake.juju_exec(),
        )

    def _order(self, **changes: object) -> None:
        """Change the orders; does nothing when there is no canary."""
        present = self._orders()
        if present is not None:
            self._write(present.model_copy(update=changes))

    def _write(self, orders: Orders) -> None:
        """Orders that are good for some time from now."""
        self._paths.create()
        ensure_directory(self._directory, mode=0o700)
        deadline = self._now() + PATIENCE.total_seconds()
        orders.model_copy(update={"deadline": deadline}).write(self._directory)

    def _run(self, *, anew: bool) -> None:
        """See to it that the process runs, as this revision of the charm would start it."""
        self._services.ensure(
            Service(
                name=NAME,
                command=(sys.executable, "-m", "dataops.evidence.meter", str(self._directory)),
                environment={"PYTHONPATH": _LIBRARY},
                brief=True,
                stop_timeout=_STOP_SECONDS,
            )
        )
        if anew:
            self._services.restart(NAME)
        else:
            self._services.start(NAME)

    def _silence(self) -> float:
        """Seconds since its last report; no end of them before the first."""
        reported = Report.written(self._directory)
        return math.inf if reported is None else self._now() - reported

    def _complaint(self) -> str:
        """Why its process does not run; empty when it does, or was killed a moment ago."""
        if self._services.state(NAME).running or self._silence() < _SILENCE_SECONDS:
            return ""
        return f"The canary's process does not run. {self._see()}"

    def _hanging(self) -> str:
        """Why nothing is measured though its process runs; empty when it reports."""
        silence = self._silence()
        if silence < _HANGING_SECONDS:
            return ""
        return f"The canary runs and has reported nothing for {silence:.0f} s. {self._see()}"

    def _see(self) -> str:
        """Where it says why."""
        return f"See juju ssh {self._unit} tail {self._paths.log / NAME}.log"


def _login(access: Access) -> Login:
    """The access as the meter wants it."""
    return Login(
        endpoints=access.endpoints,
        username=access.username,
        password=access.password,
        tls=access.tls,
        ca=access.tls_ca,
        topics=access.topic.removesuffix("*"),
        group=f"{access.consumer_group_prefix.removesuffix('*')}meter",
    )
