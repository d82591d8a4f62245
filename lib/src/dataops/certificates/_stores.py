# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keys and certificates in the forms that servers read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dataops.certificates._parsed import parse

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def keystore(key: str, certificate: str, chain: tuple[str, ...]) -> str:
    """The key and its certificate chain as one PEM text; Kafka takes keys as PKCS#8 only.

    Of the chain, each link is taken that signs the one before: Java refuses a store with others,
    and a broker goes on with the one before it.
    """
    from cryptography.hazmat.primitives import serialization

    loaded = serialization.load_pem_private_key(key.encode(), password=None)
    pkcs8 = loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    links = [certificate.strip(), *_ordered(certificate, chain)]
    return "\n".join([pkcs8.strip(), *links]) + "\n"


def truststore(authority: str, certificate: str, chain: tuple[str, ...]) -> str:
    """The authorities to trust as one PEM text: the issuer and those above it."""
    links = dict.fromkeys(link.strip() for link in (authority, *chain))
    return "".join(f"{link}\n" for link in links if link and link != certificate.strip())


def merged(*texts: str) -> str:
    """All authorities of some trust stores, each once, in order."""
    return "".join(f"{block}\n" for block in blocks(*texts))


def blocks(*texts: str) -> tuple[str, ...]:
    """Each certificate of some PEM texts once, in order."""
    found = (block.strip() for text in texts for block in _BLOCK.findall(text))
    return tuple(dict.fromkeys(found))


def _ordered(certificate: str, chain: tuple[str, ...]) -> Iterator[str]:
    """The links above a certificate, from each to the one that signed it."""
    (link,) = parse(certificate)
    left = [one for text in chain for one in parse(text) if one.fingerprint != link.fingerprint]
    while above := next((one for one in left if link.issued_by(one)), None):
        yield above.pem.strip()
        left.remove(above)
        link = above
