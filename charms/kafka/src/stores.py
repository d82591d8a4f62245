# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The broker's key and trust store on disk, and which of them its process works with.

A broker takes any store it is told to read, and keeps the old one when it does not like it. So
what was loaded is written down only after its ports were asked.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataops.certificates import Certificate, Served, ask_port, parse
from dataops.host.files import ensure_contents
from listeners import LISTENERS

KEYSTORE, TRUSTSTORE = "keystore.pem", "truststore.pem"


@dataclasses.dataclass(frozen=True)
class Loaded:
    """What a process works with.

    Attributes:
        digest: of both stores.
        trusts: the authorities in the trust store.
        proved: by listener, when the certificate expires that its port serves; Unix seconds.
    """

    digest: str = ""
    trusts: tuple[str, ...] = ()
    proved: Mapping[str, float] = dataclasses.field(default_factory=dict[str, float])


@dataclasses.dataclass(frozen=True)
class Stores:
    """The two stores of one broker.

    Attributes:
        etc: where they are.
    """

    etc: Path

    @property
    def keystore(self) -> Path:
        """Key and chain."""
        return self.etc / KEYSTORE

    @property
    def truststore(self) -> Path:
        """Whom the broker trusts."""
        return self.etc / TRUSTSTORE

    @property
    def digest(self) -> str:
        """Of both as they are on disk; empty while there is no key."""
        if not self.keystore.exists():
            return ""
        both = self.keystore.read_bytes() + b"\0" + self._trust.encode()
        return hashlib.sha256(both).hexdigest()[:16]

    @property
    def chain(self) -> tuple[Certificate, ...]:
        """What the broker is to serve."""
        return parse(self.keystore.read_text())

    @property
    def leaf(self) -> Certificate:
        """Its own certificate."""
        return self.chain[0]

    @property
    def authorities(self) -> tuple[Certificate, ...]:
        """Those that it is to trust."""
        return parse(self._trust)

    def loaded(self) -> Loaded:
        """What the process works with, as far as was proved."""
        if not self._marker.exists():
            return Loaded()
        told: dict[str, Any] = json.loads(self._marker.read_text())
        return Loaded(told["digest"], tuple(told["trusts"]), told["proved"])

    def note_start(self) -> None:
        """A process that starts works with both as they are; its ports are not proved yet."""
        self._note({})

    def prove(self, address: str) -> str:
        """What is wrong with what the ports serve; empty, and noted, when they serve these stores.

        Args:
            address: of the broker.
        """
        seen = {name: self.ask(address, port) for name, port in LISTENERS.items()}
        for name, served in seen.items():
            if why := self._objection(served):
                return f"{name} on port {LISTENERS[name]} {why}"
        self._note({n: s.leaf.not_after.timestamp() for n, s in seen.items() if s})
        return ""

    def ask(self, address: str, port: int) -> Served | None:
        """What a port serves to this broker's own certificate.

        Without one, a port that wants one would count a failed login.
        """
        return ask_port(address, port, keystore=self.keystore)

    def _objection(self, served: Served | None) -> str:
        if served is None:
            return "serves no certificate"
        if served.leaf.serial != self.leaf.serial:
            return f"serves {served.leaf.serial}, not {self.leaf.serial}"
        # The same certificate may come with other authorities above it.
        if [one.fingerprint for one in served.chain] != [one.fingerprint for one in self.chain]:
            return f"serves {served.leaf.serial} with its old chain"
        if served.accepts and served.accepts != frozenset(one.name for one in self.authorities):
            return "accepts other authorities than those to trust now"
        return ""

    @property
    def _trust(self) -> str:
        return self.truststore.read_text() if self.truststore.exists() else ""

    @property
    def _marker(self) -> Path:
        return self.etc / "stores.json"

    def _note(self, proved: Mapping[str, float]) -> None:
        trusts = tuple(dict.fromkeys(one.subject for one in self.authorities))
        told = dataclasses.asdict(Loaded(self.digest, trusts, dict(proved)))
        ensure_contents(self._marker, json.dumps(told))
