# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether a process of Spark takes a secret: the first message of Spark's own authentication.

A client proves that it knows the secret by what it encrypts with a key derived from it (X25519
key exchange, HKDF, AES-GCM); who cannot decrypt it ends the connection. Nothing is started for
this: a Java machine would take seconds, and would need the secret in its argument list or a file.
"""

import os
import socket
import struct
import time

_APP = b"sparkSaslUser"
_REQUEST, _RESPONSE = 3, 4
_TAG = 0xFB
_KEY_BYTES, _IV_BYTES = 16, 12
_SECONDS = 3.0


class SilentError(Exception):
    """Nobody answered, so nothing is proved."""


def accepts(address: str, port: int, secret: str) -> bool:
    """Whether the process that listens there takes the secret.

    Args:
        address: IPv4 text.
        port: of its RPC, not of its pages.
        secret: ``spark.authenticate.secret``.

    Raises:
        SilentError: nobody listens, or nobody answers in time.
    """
    body = challenge(secret)
    # Length of all, kind, number of the request, length of the body.
    frame = struct.pack(">QBQI", 21 + len(body), _REQUEST, time.monotonic_ns() >> 1, len(body))
    try:
        with socket.create_connection((address, port), timeout=_SECONDS) as connection:
            connection.sendall(frame + body)
            head = _read(connection, 9)
    except (TimeoutError, ConnectionRefusedError, socket.gaierror) as error:
        raise SilentError(f"{address}:{port}: {error}") from error
    except OSError:
        # It ends the connection of whom it does not believe, sometimes before it says so.
        return False
    return len(head) == 9 and head[8] == _RESPONSE


def challenge(secret: str) -> bytes:
    """The message by which a client begins."""
    # Loaded only when something is to be proved.
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    salt, iv = os.urandom(_KEY_BYTES), os.urandom(_IV_BYTES)
    context = _APP + salt
    derived = HKDF(hashes.SHA256(), _KEY_BYTES, salt, context).derive(secret.encode())
    sealed = iv + AESGCM(derived).encrypt(iv, public, context)
    parts = (struct.pack(">I", len(part)) + part for part in (_APP, salt, sealed))
    return bytes([_TAG]) + b"".join(parts)


def _read(connection: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer when the other side ends."""
    found = b""
    while len(found) < size and (more := connection.recv(size - len(found))):
        found += more
    return found
