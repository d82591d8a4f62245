# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether brokers answer, as a client from outside sees them."""

from __future__ import annotations

import contextlib
import socket
import ssl

_PATIENCE = 5.0


def greet(endpoint: str, *, tls: bool, ca: str) -> str:
    """What the broker shows of itself.

    Args:
        endpoint: ``host:port``.
        tls: whether it speaks TLS.
        ca: by whom its certificate is signed, PEM text; empty: by one that the machine trusts.

    Raises:
        OSError: when it does not answer, or cannot prove who it is.
    """
    host, _, port = endpoint.strip().rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE) as connection:
        if not tls:
            return f"{endpoint} answers"
        context = ssl.create_default_context(cadata=ca or None)
        with contextlib.closing(context.wrap_socket(connection, server_hostname=host)) as secure:
            until = (secure.getpeercert() or {}).get("notAfter", "")
            return f"{endpoint} answers by {secure.version()}, its certificate ends {until}"
