# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A renewal of a unit's certificate, from the request to the proof by handshake.

What the verbs `renew-certificates`, `check-trust` and `list-certificates` of a charm share: they
only ask and look, the charm's own plan has the workload take what was handed out.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataops.certificates._inventory import Entry, Inventory, entry
from dataops.certificates._parsed import parse
from dataops.certificates._ports import Served, ask_port, refusal
from dataops.certificates._state import TlsState
from dataops.certificates._verbs import CheckTrust, RenewCertificates, Renewed, RenewedPort, Trust
from dataops.host.files import ensure_absent, ensure_contents
from dataops.host.processes import Process
from dataops.operations import Context, OperationError, Pending

if TYPE_CHECKING:
    from dataops.certificates.requester import Requester

# Seconds between two requests for a certificate that came and was expired already.
_ASK_AGAIN = 3600.0


@dataclasses.dataclass(frozen=True)
class Renewal:
    """How it was when the renewal began.

    Attributes:
        task: who asked for it: a task's id, or empty for a person.
        serial: of the certificate that is to go; empty when there was none.
        trust: the authorities that a client trusted, PEM.
        process: the one that serves; None when there was none.
        told: whether its caller was told that nothing but another request can go on with it.
    """

    task: str
    serial: str
    trust: str
    process: Process | None = None
    told: bool = False


@dataclasses.dataclass(frozen=True)
class Ledger:
    """The renewal that is not proved yet, in a file: another unit has no use for it.

    Attributes:
        etc: where it is kept.
    """

    etc: Path

    def read(self) -> Renewal | None:
        """The one that runs; None when none does."""
        if not self._path.exists():
            return None
        told: dict[str, Any] = json.loads(self._path.read_text())
        process = told.pop("process")
        return Renewal(**told, process=Process(**process) if process else None)

    def write(self, renewal: Renewal) -> None:
        """Begin it, or let a later caller join."""
        ensure_contents(self._path, json.dumps(dataclasses.asdict(renewal)), mode=0o600)

    def clear(self) -> None:
        """It has ended."""
        ensure_absent(self._path)

    def asked(self) -> float:
        """When a certificate was asked for in the place of an expired one; Unix seconds."""
        return float(self._asked.read_text()) if self._asked.exists() else 0.0

    def note_asked(self, now: float) -> None:
        """One was asked for; Unix seconds."""
        ensure_contents(self._asked, f"{now:.0f}")

    @property
    def _path(self) -> Path:
        return self.etc / "renewal.json"

    @property
    def _asked(self) -> Path:
        return self.etc / "certificate-asked"


@dataclasses.dataclass(frozen=True)
class Site:
    """One unit whose certificate is renewed.

    Attributes:
        unit: its name.
        address: where its ports are, and by which clients come.
        ports: by what they are for, such as `web`.
        tls: how it stands with its certificate.
        requester: who asks for another; None of a unit that is related to no provider.
        ledger: where the renewal is remembered.
        process: the one that serves; None when there is none.
    """

    unit: str
    address: str
    ports: Mapping[str, int]
    tls: TlsState
    requester: Requester | None
    ledger: Ledger
    process: Process | None = None

    def renew(self, context: Context[Any, Any, RenewCertificates]) -> Renewed:
        """What was changed, once every port proves it.

        Raises:
            Pending: it has been asked for, or is under way.
            OperationError: it cannot be; the old certificate is served, and the same command
                begins again.
        """
        if not self.tls.wanted:
            return Renewed(summary=f"{self.unit} takes no certificate from a provider")
        renewal = self._begun(context)
        self._refuse_useless()
        assigned = self.tls.assigned
        if assigned is None:
            raise Pending("waits for the certificates provider to sign the request")
        if assigned.comes(self.tls.now):
            raise Pending(assigned.objection)
        ports = tuple(
            self._proved(name, port, renewal, assigned.serial) for name, port in self.ports.items()
        )
        self.ledger.clear()
        restarted = self.process != renewal.process
        return Renewed(
            summary=(
                f"Every port serves {ports[0].serial} until "
                f"{ports[0].not_after:%Y-%m-%d %H:%M}, "
                f"{'after a restart' if restarted else 'without a restart'}"
            ),
            old=renewal.serial,
            serial=assigned.serial,
            restarted=restarted,
            ports=ports,
        )

    def trust(self, context: Context[Any, Any, CheckTrust]) -> Trust:
        """Whom the unit's clients are told to trust, once it is as asked.

        Raises:
            Pending: not yet.
        """
        params = context.params
        if not self.tls.wanted:
            return Trust(summary=f"{self.unit} takes no certificate from a provider")
        # What lies there was told by an earlier hook; what has just come is told by this one.
        told = self.tls.kept
        if told is None:
            raise Pending(self.tls.trouble or self.tls.waiting or "nothing is served yet")
        trusts = tuple(sorted({one.subject for one in parse(told.ca)}))
        if (params.authority in trusts) is not params.trusted:
            state = "not trusted yet" if params.trusted else "still trusted"
            raise Pending(f"{params.authority} is {state}")
        said = "is trusted" if params.trusted else "is not trusted any more"
        return Trust(summary=f"{params.authority} {said}", trusts=trusts)

    def inventory(self) -> Inventory:
        """The certificate that each port really serves; none of a unit without TLS."""
        ports = self.ports.items() if self.tls.wanted else ()
        return Inventory.of(self._entry(name, port) for name, port in ports)

    def recover(self) -> bool:
        """Whether another certificate was asked for, because this one expired meanwhile."""
        if not self.tls.overdue or self.tls.now - self.ledger.asked() <= _ASK_AGAIN:
            return False
        self.ledger.note_asked(self.tls.now)
        self._ask(new_key=True)
        return True

    def _begun(self, context: Context[Any, Any, RenewCertificates]) -> Renewal:
        """The renewal, begun if there is none; one that was not ended is joined."""
        renewal, tls = self.ledger.read(), self.tls
        if renewal is None:
            serial = self._serial()
            trust = tls.kept.ca if tls.kept else ""
            renewal = Renewal(context.task, serial, trust, self.process)
            self.ledger.write(renewal)
            if tls.useless or (tls.assigned and tls.assigned.serial == serial):
                self._ask(new_key=context.params.new_key or tls.useless)
                raise Pending("a new certificate is asked for")
        elif renewal.task != context.task:
            renewal = dataclasses.replace(renewal, task=context.task)
            self.ledger.write(renewal)
        return renewal

    def _ask(self, *, new_key: bool) -> None:
        """Of whom there is, because a certificate is wanted."""
        assert self.requester is not None
        self.requester.request(new_key=new_key)

    def _serial(self) -> str:
        """Of the certificate that is served; empty when none was there yet."""
        served = {name: ask_port(self.address, port) for name, port in self.ports.items()}
        shown = {one.leaf.serial for one in served.values() if one}
        if self.tls.kept and not all(served.values()):
            silent = ", ".join(str(self.ports[name]) for name, one in served.items() if not one)
            application = self.unit.partition("/")[0]
            raise OperationError(
                f"Port {silent} of {self.unit} serves no TLS: see juju status {application}"
            )
        return min(shown, default="")

    def _refuse_useless(self) -> None:
        """Ends it when nothing but another request gets another answer."""
        tls = self.tls
        if not tls.useless:
            return
        self.ledger.clear()
        if tls.denied:
            raise OperationError(
                f"The certificates provider refuses the request of {self.unit}: {tls.denied}. "
                "The old certificate is served; correct it, then run this again"
            )
        assert tls.assigned
        raise OperationError(
            f"The certificate for {self.unit} is not used, because {tls.assigned.objection}. The "
            "old one is served; correct the certificates provider, then run this again"
        )

    def _proved(self, name: str, port: int, renewal: Renewal, serial: str) -> RenewedPort:
        """What the port says, also to a client of before."""
        served = ask_port(self.address, port)
        shown = served.leaf.serial if served else "none"
        if served is None or shown != serial or shown == renewal.serial:
            raise Pending(f"port {port} ({name}) serves {shown}")
        if renewal.trust and (why := refusal(self.address, port, renewal.trust)):
            self.ledger.clear()
            raise OperationError(
                f"Who trusts what was trusted before the renewal cannot talk to "
                f"{self.address}:{port}: {why}. Hand the new authority to clients: juju run "
                "<certificates provider> get-ca-certificate"
            )
        return RenewedPort(
            listener=name,
            port=port,
            serial=shown,
            issuer=served.leaf.issuer,
            not_after=served.leaf.not_after,
        )

    def _entry(self, name: str, port: int) -> Entry:
        identity = self.tls.identity
        served: Served | None = ask_port(self.address, port) if identity else None
        now = datetime.datetime.now(datetime.timezone.utc)
        trusts = parse(identity.ca) if identity else ()
        return entry(self.unit, self.address, port, served, now=now, listener=name, trusts=trusts)
