# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Held to a server that does what Spark's own does: whoever is not believed is cut off."""

import contextlib
import socket
import struct
import threading

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rpc_login import SilentError, accepts

ADDRESS = "127.47.7.1"


def parts(body):
    """The application, the salt and what is sealed, of a challenge."""
    assert body[0] == 0xFB
    rest, found = body[1:], []
    while rest:
        (size,) = struct.unpack(">I", rest[:4])
        found.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    return found


def believes(secret, body):
    app, salt, sealed = parts(body)
    assert len(salt) == 16
    key = HKDF(hashes.SHA256(), 16, salt, app + salt).derive(secret.encode())
    try:
        return len(AESGCM(key).decrypt(sealed[:12], sealed[12:], app + salt)) == 32
    except InvalidTag:
        return False


@contextlib.contextmanager
def process(secret, *, mute=False):
    """The port of one that knows the secret."""
    with socket.socket() as listener:
        listener.bind((ADDRESS, 0))
        listener.listen()

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        head = connection.recv(21, socket.MSG_WAITALL)
                        size, kind, request, length = struct.unpack(">QBQI", head)
                        assert (kind, size) == (3, 21 + length)
                        body = connection.recv(length, socket.MSG_WAITALL)
                        if not mute and believes(secret, body):
                            connection.sendall(struct.pack(">QBQI", 21, 4, request, 0))
                        elif not mute:
                            connection.sendall(struct.pack(">QBQI", 21, 5, request, 0))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_who_knows_the_secret_is_let_in_and_nobody_else():
    with process("right") as port:
        assert accepts(ADDRESS, port, "right")
        assert not accepts(ADDRESS, port, "wrong")


def test_a_connection_that_ends_without_a_word_is_a_refusal():
    with process("right", mute=True) as port:
        assert not accepts(ADDRESS, port, "right")


def test_nobody_there_is_no_refusal():
    with pytest.raises(SilentError, match="refused"):
        accepts(ADDRESS, 1, "right")
