# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A unit's certificate as it was handed out, and what speaks against serving it. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING

from dataops.certificates._identity import Identity
from dataops.certificates._objections import objection
from dataops.certificates._parsed import parse
from dataops.certificates._stores import keystore, truststore

if TYPE_CHECKING:
    from charmlibs.interfaces.tls_certificates import PrivateKey, ProviderCertificate


@dataclasses.dataclass(frozen=True)
class Assigned:
    """A certificate that was handed out to this unit.

    Attributes:
        keystore: key and chain, the key first, PEM.
        authorities: those that vouch for it, PEM.
        serial: in hex.
        issuer: the subject of the authority that signed it, as `Certificate` spells it.
        starts: when it begins to be good, Unix seconds.
        expires: Unix seconds.
        objection: why clients would refuse it; empty when they would not.
    """

    keystore: str = dataclasses.field(repr=False)
    authorities: str = dataclasses.field(repr=False)
    serial: str
    issuer: str = ""
    starts: float = 0
    expires: float = 0
    objection: str = ""

    def comes(self, now: float) -> bool:
        """Whether only the provider's clock is ahead, and it will be good soon."""
        return self.starts > now

    @property
    def identity(self) -> Identity:
        """The same as a server reads it that takes key and chain apart."""
        head, mark, rest = self.keystore.partition("-----BEGIN CERTIFICATE-----")
        return Identity(chain=mark + rest, key=head, ca=self.authorities)

    @classmethod
    def of(
        cls,
        provided: ProviderCertificate | None,
        key: PrivateKey | None,
        names: Collection[str],
        now: float,
    ) -> Assigned | None:
        """The one that a provider has answered with; None while it has not.

        Args:
            provided: what the provider answered to the request of now.
            key: of that request.
            names: the names and addresses by which clients come.
            now: Unix seconds.
        """
        if provided is None or key is None:
            return None
        certificate = str(provided.certificate)
        chain = tuple(str(link) for link in provided.chain)
        authorities = truststore(str(provided.ca), certificate, chain)
        (leaf,) = parse(certificate)
        known = parse(authorities)
        # Its own words: not every provider writes its key identifier into what it signs.
        issuer = next((one.subject for one in known if leaf.issued_by(one)), leaf.issuer)
        clock = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
        return cls(
            keystore=keystore(str(key), certificate, chain),
            authorities=authorities,
            serial=leaf.serial,
            issuer=issuer,
            starts=leaf.not_before.timestamp(),
            expires=leaf.not_after.timestamp(),
            objection=objection(leaf, known, names, clock),
        )
