# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What passes between the charm and the meter: orders one way, reports the other."""

import os
from pathlib import Path

import pydantic

from dataops.evidence._figures import Evidence, Phase
from dataops.evidence._limits import Limits
from dataops.host.files import ensure_contents

_ORDERS = "orders.json"
_REPORT = "report.json"


class _Part(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True)


class Login(_Part):
    """How to reach the cluster as a customer.

    Attributes:
        endpoints: ``host:port``, comma separated.
        tls: whether the endpoints speak TLS.
        ca: whom to trust (PEM); empty trusts whom the machine trusts.
        topics: the prefix of the topics that the user may make, write and read.
        group: the consumer group.
    """

    endpoints: str
    username: str
    password: str = pydantic.Field(repr=False)
    tls: bool = True
    ca: str = pydantic.Field(default="", repr=False)
    topics: str
    group: str


class Orders(_Part):
    """What the meter is to do.

    Attributes:
        run: tells this measurement's records from all others in the topic.
        operation: whose canary it is.
        round: of the operation, which is measured from the beginning when it is resumed.
        phase: which phase the operation is in.
        ending: send no more, see what comes back, and end.
        deadline: seconds since the epoch at which it ends by itself.
        limits: of the operation's plan: the charm is woken when one is passed.
        rate: records a second and partition.
        unit: whom to wake; empty wakes nobody.
        waker: the program that does, from ``dataops.host.wake.juju_exec``.
    """

    run: int
    operation: int = 0
    round: int = 1
    phase: Phase = Phase.BEFORE
    ending: bool = False
    deadline: float
    limits: Limits = Limits()
    rate: float = pydantic.Field(default=20.0, gt=0, le=1000)
    login: Login
    unit: str = ""
    waker: str = ""

    @classmethod
    def read(cls, directory: Path) -> "Orders":
        """The present orders.

        Raises:
            FileNotFoundError: there are none.
        """
        return cls.model_validate_json((directory / _ORDERS).read_bytes())

    def write(self, directory: Path, owner: str | None = None) -> bool:
        """Whether they are other orders than before. Only the meter's user can read them."""
        text = self.model_dump_json(by_alias=True)
        return ensure_contents(directory / _ORDERS, text, mode=0o600, owner=owner)

    @staticmethod
    def stamp(directory: Path) -> tuple[int, int] | None:
        """Changes whenever the orders do; None when there are none."""
        try:
            # Ten times a second: without the cost of making a path.
            found = os.stat(f"{directory}/{_ORDERS}")  # noqa: PTH116
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino


class Report(_Part):
    """What the meter says of itself.

    Attributes:
        run: whose report it is.
        phase: the phase in which records are counted now.
        settled: whether the phase is as long as the limits ask for; of the last one: whether all
            that was under way has come back as well.
        ended: nothing more comes.
        evidence: the figures so far.
        breaches: the limits that are passed.
        complaint: why it cannot measure; empty when it can.
    """

    run: int
    phase: Phase = Phase.BEFORE
    settled: bool = False
    ended: bool = False
    evidence: Evidence | None = None
    breaches: tuple[str, ...] = ()
    complaint: str = ""

    @classmethod
    def read(cls, directory: Path) -> "Report | None":
        """The newest report; None before the first."""
        try:
            return cls.model_validate_json((directory / _REPORT).read_bytes())
        except FileNotFoundError:
            return None

    @staticmethod
    def written(directory: Path) -> float | None:
        """When the newest report was written, in seconds since the epoch."""
        try:
            return (directory / _REPORT).stat().st_mtime
        except FileNotFoundError:
            return None

    def write(self, directory: Path) -> None:
        """Let the charm see it; a reader sees this one or the one before."""
        put(directory / _REPORT, self.model_dump_json())


def put(path: Path, text: str) -> None:
    """Replace a file at once, without waiting for the disk: a meter that waits is late itself."""
    scratch = path.with_name(f".{path.name}")
    scratch.write_text(text)
    scratch.replace(path)
