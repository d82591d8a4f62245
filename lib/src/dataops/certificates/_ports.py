# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a port shows in a handshake, and whether a client would take it."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import struct
from pathlib import Path
from typing import Any

from dataops.certificates._parsed import Certificate

_PATIENCE = 2.0


@dataclasses.dataclass(frozen=True)
class Served:
    """What a port shows.

    Attributes:
        chain: as served, the port's own certificate first.
        accepts: names (DER) of the authorities whose clients' certificates it takes; empty for a
            port that asks clients for none.
    """

    chain: tuple[Certificate, ...]
    accepts: frozenset[bytes] = frozenset()

    @property
    def leaf(self) -> Certificate:
        """The port's own certificate."""
        return self.chain[0]


def ask_port(
    address: str, port: int, *, keystore: Path | None = None, patience: float = _PATIENCE
) -> Served | None:
    """What the port shows; None when nothing there speaks TLS.

    Its certificate is not judged. A port that wants a client's certificate shows its own before
    it sees that there is none, so none is needed to ask.

    Args:
        address: a name or address.
        port: its number.
        keystore: a key and its certificates in one PEM file, to be let in with.
        patience: seconds for the connection, and for each answer.
    """
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    if keystore:
        context.use_certificate_chain_file(str(keystore))
        context.use_privatekey_file(str(keystore))
    try:
        plain = socket.create_connection((address, port), timeout=patience)
    except OSError:
        return None
    with plain:
        _wait_no_longer(plain, patience)
        connection = SSL.Connection(context, plain)
        connection.set_connect_state()
        try:
            connection.do_handshake()
        except SSL.Error:
            # Refused, perhaps; what was shown before that counts.
            pass
        except OSError:
            return None
        return _shown(connection)


def refusal(
    address: str,
    port: int,
    trust: str,
    *,
    keystore: Path | None = None,
    patience: float = _PATIENCE,
) -> str:
    """Why a client that trusts these authorities would not talk to the port; empty if it would.

    Args:
        address: that the client looks for in the certificate, too.
        port: its number.
        trust: the authorities, PEM.
        keystore: as for `ask_port`.
        patience: seconds.
    """
    context = ssl.create_default_context(cadata=trust)
    if keystore:
        context.load_cert_chain(str(keystore))
    try:
        with (
            socket.create_connection((address, port), timeout=patience) as plain,
            context.wrap_socket(plain, server_hostname=address),
        ):
            return ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except OSError as error:
        return str(error.strerror or error)


def _wait_no_longer(plain: socket.socket, patience: float) -> None:
    """A limit of the kernel's: one of Python's would make the socket one that never waits."""
    plain.settimeout(None)
    limit = struct.pack("ll", int(patience), int(patience % 1 * 1e6))
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _shown(connection: Any) -> Served | None:
    chain = connection.get_peer_cert_chain(as_cryptography=True)
    if not chain:
        return None
    accepts = frozenset(name.der() for name in connection.get_client_ca_list())
    return Served(tuple(Certificate.of(one) for one in chain), accepts)
