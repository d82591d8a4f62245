# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keys and certificates in the forms that the broker reads, and what a port really serves."""

import contextlib
import socket
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import serialization

_PATIENCE = 2.0


def keystore(key: str, certificate: str, chain: tuple[str, ...]) -> str:
    """The key and its certificate chain as one PEM text; Kafka takes keys as PKCS#8 only."""
    loaded = serialization.load_pem_private_key(key.encode(), password=None)
    pkcs8 = loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    # Some providers repeat the certificate itself in its chain.
    links = [link.strip() for link in chain if link.strip() != certificate.strip()]
    return "\n".join([pkcs8.strip(), certificate.strip(), *links]) + "\n"


def truststore(authority: str, certificate: str, chain: tuple[str, ...]) -> str:
    """The authorities to trust as one PEM text: the issuer and those above it."""
    links = dict.fromkeys(link.strip() for link in (authority, *chain))
    return "".join(f"{link}\n" for link in links if link and link != certificate.strip())


def serial(certificate: str) -> str:
    """The serial number of a PEM certificate, in hex."""
    return f"{x509.load_pem_x509_certificate(certificate.encode()).serial_number:x}"


def served_serial(address: str, port: int, patience: float = _PATIENCE) -> str:
    """The serial number, in hex, of the certificate that a port serves; empty when it does not.

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
            return f"{x509.load_der_x509_certificate(encoded).serial_number:x}"
    return ""
