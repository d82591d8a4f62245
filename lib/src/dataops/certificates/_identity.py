# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a TLS server serves: as a value, and as files that outlive the answer of a provider."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from dataops.certificates._parsed import Certificate, parse
from dataops.certificates._stores import blocks
from dataops.host.files import ensure_absent, ensure_contents


@dataclasses.dataclass(frozen=True)
class Identity:
    """What a TLS server needs: PEM texts.

    Attributes:
        chain: its certificate, and those above it in order.
        key: of the certificate.
        ca: the authorities by which clients trust it.
    """

    chain: str
    key: str = dataclasses.field(repr=False)
    ca: str

    @property
    def leaf(self) -> Certificate:
        """Its own certificate."""
        return parse(self.chain)[0]

    @property
    def authorities(self) -> tuple[str, ...]:
        """Each of the authorities by itself, PEM."""
        return blocks(self.ca)


@dataclasses.dataclass(frozen=True)
class IdentityFiles:
    """Where a server reads them.

    Attributes:
        directory: of the three files.
        name: what they begin with.
    """

    directory: Path
    name: str

    @property
    def chain(self) -> Path:
        """The certificate that is served."""
        return self.directory / f"{self.name}-certificate.pem"

    @property
    def key(self) -> Path:
        """Its private key."""
        return self.directory / f"{self.name}-key.pem"

    @property
    def ca(self) -> Path:
        """The authorities by which that certificate is trusted."""
        return self.directory / f"{self.name}-ca.pem"

    def read(self) -> Identity | None:
        """What is served; None when nothing is."""
        if not all(path.exists() for path in (self.chain, self.key, self.ca)):
            return None
        return Identity(self.chain.read_text(), self.key.read_text(), self.ca.read_text())

    def ensure(self, identity: Identity | None, owner: str | None = None) -> bool:
        """Whether the files had to change to hold this, or nothing.

        The key goes first: a reader between two writes finds a pair or fails, and tries again.
        """
        if identity is None:
            removed = [ensure_absent(path) for path in (self.key, self.chain, self.ca)]
            return any(removed)
        texts = {self.key: identity.key, self.chain: identity.chain, self.ca: identity.ca}
        written = [
            ensure_contents(path, text, mode=0o600, owner=owner) for path, text in texts.items()
        ]
        return any(written)
