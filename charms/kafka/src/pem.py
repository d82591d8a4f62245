# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a port really serves, for every hook."""

import contextlib
import dataclasses
import socket
import ssl

from cryptography import x509

_PATIENCE = 2.0


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
