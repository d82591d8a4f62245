# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A small certificate authority for tests, and a TLS port that serves its certificates."""

import contextlib
import datetime
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PEM = serialization.Encoding.PEM


def certificate(name="kafka-0"):
    """A self-signed certificate and its key in the older format that libraries hand out."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    old = serialization.PrivateFormat.TraditionalOpenSSL
    text = key.private_bytes(_PEM, old, serialization.NoEncryption()).decode()
    return built.public_bytes(_PEM).decode(), text


@contextlib.contextmanager
def port(directory, address="127.0.0.1"):
    """The number of a port that serves a new certificate, and that certificate."""
    text, key = certificate()
    path = directory / "both.pem"
    path.write_text(text + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with socket.create_server((address, 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, context), daemon=True)
        thread.start()
        yield server.getsockname()[1], text
        # A blocked accept is not woken by a close: shutting down is what ends it.
        server.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


def _serve(server, context):
    while True:
        try:
            plain, _ = server.accept()
        except OSError:
            return
        with contextlib.suppress(OSError), plain:
            context.wrap_socket(plain, server_side=True).close()
