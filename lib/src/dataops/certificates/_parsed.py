# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A certificate as a value."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

# Enough of a key's identifier to tell two authorities of one name apart.
_KEY_DIGITS = 8


@dataclasses.dataclass(frozen=True)
class Certificate:
    """One certificate.

    Attributes:
        subject, issuer: names as RFC 4514 writes them, with the beginning of the key's identifier
            where the certificate tells it: `CN=development CA [1f2e3d4c]`. So the issuer of a
            certificate reads exactly as the subject of the authority that signed it.
        sans: the names and addresses it is for.
        serial: in hex.
        not_before, not_after: UTC.
        fingerprint: SHA-256 in hex.
        name: the subject, DER encoded, as TLS lists authorities.
        pem: the certificate itself.
    """

    subject: str
    issuer: str
    sans: tuple[str, ...]
    serial: str
    not_before: datetime.datetime
    not_after: datetime.datetime
    fingerprint: str
    name: bytes = dataclasses.field(repr=False)
    pem: str = dataclasses.field(repr=False)

    @classmethod
    def of(cls, parsed: x509.Certificate) -> Certificate:
        """From the library's own."""
        from cryptography.hazmat.primitives import hashes, serialization

        return cls(
            subject=_named(parsed.subject, _own_key(parsed)),
            issuer=_named(parsed.issuer, _issuing_key(parsed)),
            sans=_sans(parsed),
            serial=f"{parsed.serial_number:x}",
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
            fingerprint=parsed.fingerprint(hashes.SHA256()).hex(),
            name=parsed.subject.public_bytes(),
            pem=parsed.public_bytes(serialization.Encoding.PEM).decode(),
        )

    def issued_by(self, authority: Certificate) -> bool:
        """Whether that authority's key signed this."""
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature

        above = x509.load_pem_x509_certificate(authority.pem.encode())
        try:
            x509.load_pem_x509_certificate(self.pem.encode()).verify_directly_issued_by(above)
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True

    def days_left(self, now: datetime.datetime) -> float:
        """How long it is good from then (UTC); negative once it has expired."""
        return (self.not_after - now).total_seconds() / 86400


def parse(text: str) -> tuple[Certificate, ...]:
    """The certificates of a PEM text, in its order; keys in it are passed over.

    Raises:
        ValueError: one of them cannot be read.
    """
    from cryptography import x509

    if "-----BEGIN CERTIFICATE-----" not in text:
        return ()
    return tuple(Certificate.of(one) for one in x509.load_pem_x509_certificates(text.encode()))


def _named(name: x509.Name, key: bytes | None) -> str:
    text = name.rfc4514_string()
    return f"{text} [{key.hex()[:_KEY_DIGITS]}]" if key else text


def _own_key(parsed: x509.Certificate) -> bytes | None:
    from cryptography import x509

    try:
        found = parsed.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return None
    return found.value.digest


def _issuing_key(parsed: x509.Certificate) -> bytes | None:
    from cryptography import x509

    try:
        found = parsed.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    except x509.ExtensionNotFound:
        # A root names nobody above it.
        return _own_key(parsed) if parsed.issuer == parsed.subject else None
    return found.value.key_identifier


def _sans(parsed: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        found = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in found.value)
