# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keys and certificates in the forms that the broker reads, and what a port really serves."""

import contextlib
import dataclasses
import re
import socket
import ssl
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from dataops.certificates import parse

_PATIENCE = 2.0
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def keystore(key: str, certificate: str, chain: tuple[str, ...]) -> str:
    """The key and its certificate chain as one PEM text; Kafka takes keys as PKCS#8 only.

    Of the chain, each link is taken that signs the one before: Java refuses a store with others,
    and a broker goes on with the one before it.
    """
    loaded = serialization.load_pem_private_key(key.encode(), password=None)
    pkcs8 = loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    links = [certificate.strip(), *_ordered(certificate, chain)]
    return "\n".join([pkcs8.strip(), *links]) + "\n"


def _ordered(certificate: str, chain: tuple[str, ...]) -> Iterator[str]:
    """The links above a certificate, from each to the one that signed it."""
    (link,) = parse(certificate)
    left = [one for text in chain for one in parse(text) if one.fingerprint != link.fingerprint]
    while above := next((one for one in left if link.issued_by(one)), None):
        yield above.pem.strip()
        left.remove(above)
        link = above


def truststore(authority: str, certificate: str, chain: tuple[str, ...]) -> str:
    """The authorities to trust as one PEM text: the issuer and those above it."""
    links = dict.fromkeys(link.strip() for link in (authority, *chain))
    return "".join(f"{link}\n" for link in links if link and link != certificate.strip())


def merged(*texts: str) -> str:
    """All authorities of some trust stores, each once, in order."""
    blocks = (block.strip() for text in texts for block in _BLOCK.findall(text))
    return "".join(f"{block}\n" for block in dict.fromkeys(blocks))


@dataclasses.dataclass(frozen=True)
class Shown:
    """What a port shows of its certificate.

    Attributes:
        serial: in hex; empty when the port serves none.
        expires: Unix seconds.
    """

    serial: str = ""
    expires: float = 0


def shown(address: str, port: int, patience: float = _PATIENCE) -> Shown:
    """What a port shows; for every hook, so without the chain.

    Args:
        address: IPv4 text.
        port: a TLS port that asks clients for no certificate.
        patience: seconds; a broker that is starting takes the connection and stays silent.
    """
    # The question is which certificate is served, not whether it is good.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        contextlib.suppress(OSError),
        socket.create_connection((address, port), timeout=patience) as plain,
        context.wrap_socket(plain) as secure,
    ):
        encoded = secure.getpeercert(binary_form=True)
        if encoded:
            parsed = x509.load_der_x509_certificate(encoded)
            return Shown(f"{parsed.serial_number:x}", parsed.not_valid_after_utc.timestamp())
    return Shown()
