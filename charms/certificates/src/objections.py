# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What speaks against signing a request. Pure."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from collections.abc import Iterator

from charmlibs.interfaces.tls_certificates import CertificateRequestErrorCode as Code
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*\.?", re.IGNORECASE)
_LONGEST_NAME = 253
_SHORTEST_RSA_KEY = 2048
_CURVES = (ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)


@dataclasses.dataclass(frozen=True)
class Objection:
    """Why a request is not signed: the interface's code, and words for the one who asks."""

    code: Code
    reason: str


def objection(request: str) -> Objection | None:
    """The first objection to a signing request (PEM text); None when there is none."""
    return next(_objections(x509.load_pem_x509_csr(request.encode())), None)


def _objections(request: x509.CertificateSigningRequest) -> Iterator[Objection]:
    if not _signed_by_its_key(request):
        yield Objection(Code.OTHER, "The request is not signed by the key it names: make it anew")
    yield from _key(request)
    if not list(request.subject):
        # The library marks no SAN as critical, which strict clients demand without a subject.
        yield Objection(Code.OTHER, "The request names nobody: give a common name")
    for name in _alternative_names(request):
        if isinstance(name, x509.DNSName):
            yield from _domain(name.value)
        elif isinstance(name, x509.IPAddress):
            yield from _address(name.value)


def _signed_by_its_key(request: x509.CertificateSigningRequest) -> bool:
    try:
        return request.is_signature_valid
    except UnsupportedAlgorithm:
        return False


def _key(request: x509.CertificateSigningRequest) -> Iterator[Objection]:
    key = request.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _SHORTEST_RSA_KEY:
            text = (
                f"An RSA key of {key.key_size} bits is too weak: use {_SHORTEST_RSA_KEY} or more"
            )
            yield Objection(Code.OTHER, text)
    elif not isinstance(key, _CURVES):
        text = f"A key of kind {type(key).__name__} is not supported: use EC P-256"
        yield Objection(Code.OTHER, text)


def _alternative_names(request: x509.CertificateSigningRequest) -> list[x509.GeneralName]:
    try:
        found = request.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return list(found.value)


def _domain(name: str) -> Iterator[Objection]:
    if "*" in name.removeprefix("*.") or (name.startswith("*.") and "." not in name[2:]):
        text = f"The wildcard {name!r} is too wide: use one like '*.example.com'"
        yield Objection(Code.WILDCARD_NOT_ALLOWED, text)
    elif len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        yield Objection(Code.DOMAIN_NOT_ALLOWED, f"{name!r} is no domain name")


def _address(address: object) -> Iterator[Objection]:
    if not isinstance(address, ipaddress.IPv4Address | ipaddress.IPv6Address):
        yield Objection(Code.IP_NOT_ALLOWED, f"{address} is no single address")
    elif address.is_unspecified or address.is_multicast:
        yield Objection(Code.IP_NOT_ALLOWED, f"{address} is the address of no machine")
