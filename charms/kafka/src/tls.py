# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""This unit's certificate as it was handed out, and when it may be served. Pure."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

from charmlibs.interfaces.tls_certificates import PrivateKey, ProviderCertificate

import pem
from dataops.certificates import objection, parse


@dataclasses.dataclass(frozen=True)
class Tls:
    """A certificate that was handed out to this unit.

    Attributes:
        keystore: key and chain, as the broker reads them.
        authorities: those that vouch for it, PEM.
        serial: in hex.
        issuer: the subject of the authority that signed it, as `dataops.certificates` spells it.
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

    @classmethod
    def of(
        cls,
        provided: ProviderCertificate | None,
        key: PrivateKey | None,
        address: str,
        now: float,
    ) -> Tls | None:
        """The stores for a certificate that was provided; None while it is not there.

        Args:
            provided: what the provider answered to the request of now.
            key: of that request.
            address: where clients and brokers come to.
            now: Unix seconds.
        """
        if provided is None or key is None:
            return None
        certificate = str(provided.certificate)
        chain = tuple(str(link) for link in provided.chain)
        authorities = pem.truststore(str(provided.ca), certificate, chain)
        (leaf,) = parse(certificate)
        known = parse(authorities)
        # Its own words: not every provider writes its key identifier into what it signs.
        issuer = next((one.subject for one in known if leaf.issued_by(one)), leaf.issuer)
        clock = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
        return cls(
            keystore=pem.keystore(str(key), certificate, chain),
            authorities=authorities,
            serial=leaf.serial,
            issuer=issuer,
            starts=leaf.not_before.timestamp(),
            expires=leaf.not_after.timestamp(),
            objection=objection(leaf, known, {address}, clock),
        )


def trusted_everywhere(tls: Tls, trusts: Iterable[frozenset[str]]) -> bool:
    """Whether every broker that says whom it trusts trusts who signed this.

    Until then it is not served: the others would hang up on this broker.

    Args:
        tls: the certificate.
        trusts: for each broker, the authorities that it works with; empty where it does not say.
    """
    return all(tls.issuer in known for known in trusts if known)
