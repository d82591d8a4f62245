# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The root of the authority: a certificate and its key, as values."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re

from charmlibs.interfaces.tls_certificates import Certificate, PrivateKey
from cryptography import x509
from cryptography.hazmat.primitives import hashes

_GENERATION = re.compile(r"(.+) G(\d+)")


def base_name(common_name: str) -> str:
    """The name that a root and all of its successors share."""
    match = _GENERATION.fullmatch(common_name)
    return match[1] if match else common_name


def generation_of(common_name: str) -> int:
    """How many roots of that name there were, this one too."""
    match = _GENERATION.fullmatch(common_name)
    return int(match[2]) if match else 1


@dataclasses.dataclass(frozen=True)
class Root:
    """A root certificate and its private key, as PEM texts."""

    certificate: str
    private_key: str = dataclasses.field(repr=False)

    @property
    def common_name(self) -> str:
        """The name in the certificate."""
        return self._parsed.common_name

    @property
    def expires(self) -> datetime.datetime:
        """The end of its validity, UTC."""
        return self._parsed.expiry_time

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as browsers show it."""
        parsed = x509.load_pem_x509_certificate(self.certificate.encode())
        return parsed.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def consistent(self) -> bool:
        """Whether the key is the certificate's."""
        return self._parsed.matches_private_key(PrivateKey.from_string(self.private_key))

    @functools.cached_property
    def _parsed(self) -> Certificate:
        return Certificate.from_string(self.certificate)
