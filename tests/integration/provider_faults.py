# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A certificates provider that fails in every way, amid a renewal of one unit's certificate."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jubilant

from dataops.testing.authority import refused
from tests.integration.certified import asked, authority, served, tell
from tests.integration.processes import eventually, kill, one_of_unit, runs

PATIENCE = 180


@dataclasses.dataclass(frozen=True)
class Renewing:
    """An application of one unit whose certificate is renewed by its own command.

    Attributes:
        model: where it is.
        application: its name.
        port: one that serves its certificate.
        marker: what the command line of its process holds.
    """

    model: jubilant.Juju
    application: str
    port: int
    marker: str

    @property
    def unit(self) -> str:
        return f"{self.application}/0"

    @property
    def serial(self) -> str:
        """Of the certificate that is served."""
        return served(self.model, self.application, self.port).serial

    def renew(self) -> dict[str, Any]:
        """What the command says, be the renewal done, under way or failed."""
        try:
            return self.model.run(self.unit, "renew-certificates").results
        except jubilant.TaskError as error:
            return {"message": error.task.message}

    def done(self) -> dict[str, Any]:
        """What the command says once every port is proved."""
        return eventually(
            lambda: "serial" in (told := self.renew()) and told, PATIENCE, "the renewal is proved"
        )

    def says(self, *words: str) -> None:
        """Wait until the unit's status has all of these."""

        def told() -> bool:
            found = self.model.status().apps[self.application].units[self.unit]
            return all(one in found.workload_status.message for one in words)

        eventually(told, PATIENCE, f"the status of {self.unit} says: {words}")

    def asks(self, before: str) -> str:
        """The request that takes the place of the one before, once the provider sees it."""
        return eventually(
            lambda: (now := asked(self.model, self.application)) != before and now,
            PATIENCE,
            "another request",
        )

    def dies(self) -> None:
        """Its process is killed, and another one serves in its place."""
        uuid = self.model.show_model().model_uuid
        process = one_of_unit(self.unit, uuid, self.marker)
        kill(process)
        eventually(
            lambda: one_of_unit(self.unit, uuid, self.marker) != process, PATIENCE, "another one"
        )
        assert not runs(process)
        eventually(lambda: self.serial, PATIENCE, "it serves again")


@contextlib.contextmanager
def silent_provider(model: jubilant.Juju) -> Iterator[None]:
    """The provider answers nobody: with an option that cannot be used, it does nothing."""
    model.config("certificates", {"certificate-validity": 0})
    try:
        model.wait(lambda status: jubilant.all_blocked(status, "certificates"), timeout=PATIENCE)
        yield
    finally:
        model.config("certificates", reset="certificate-validity")
    model.wait(lambda status: jubilant.all_active(status, "certificates"), timeout=PATIENCE)


def fail_in_every_way(one: Renewing, file: Path, customers: Callable[[], None]) -> None:
    """Renew through each fault: the old certificate is served, and the same command ends it.

    Args:
        one: whose certificate.
        file: for what the provider is made to say.
        customers: fails unless they still get in.
    """
    model, old = one.model, one.serial
    root, request = authority(model), asked(model, one.application)

    def still() -> None:
        assert one.serial == old
        customers()

    with silent_provider(model):
        assert "is asked for" in one.renew()["message"]
        request = one.asks(request)
        one.says("waiting for a certificate from the provider", "the old one is served until")
        assert "to sign the request" in one.renew()["message"]
        still()
        # It is refused; the same command asks again.
        tell(model, one.application, file, request_errors=[refused(request)])
        one.says("certificate refused: IP_NOT_ALLOWED: not here", "the old one is served until")
        still()
        assert f"refuses the request of {one.unit}: IP_NOT_ALLOWED" in one.renew()["message"]
        assert "is asked for" in one.renew()["message"]
        request = one.asks(request)
        # It is signed for somebody else; the same command asks again.
        wrong = root.signed(request, names=["192.0.2.7"])
        tell(model, one.application, file, certificates=[wrong])
        one.says("new certificate not used: it is for 192.0.2.7", "the old one is served until")
        still()
        assert "is not used, because it is for 192.0.2.7" in one.renew()["message"]
        assert "is asked for" in one.renew()["message"]
        request = one.asks(request)
        # It is good from later on, by a clock that is ahead.
        early = root.signed(request, start=datetime.timedelta(hours=1))
        tell(model, one.application, file, certificates=[early])
        one.says("new certificate not used yet: it is valid from", "the old one is served until")
        assert "compare the clocks" in one.renew()["message"]
        still()
        # What serves dies meanwhile, and comes back with the old one.
        one.dies()
        still()
        # The clock is right again.
        tell(model, one.application, file, certificates=[root.signed(request)])
        told = one.done()
    assert told["old"] == old != told["serial"] == one.serial
    customers()
