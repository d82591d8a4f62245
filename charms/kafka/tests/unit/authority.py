# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A small certificate authority for tests, and a TLS port that serves its certificates."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PEM = serialization.Encoding.PEM


def certificate(name="kafka-0", above=None, address="192.0.2.0", days=1):
    """A certificate and its key in the older format that libraries hand out.

    Args:
        name: of the subject.
        above: certificate and key of who signs it; None: itself.
        address: whom it is for.
        days: until it expires, from now; negative for one that has.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signer = subject, key
    if above:
        issuer = x509.load_pem_x509_certificate(above[0].encode()).subject
        signer = serialization.load_pem_private_key(above[1].encode(), None)
    now = datetime.datetime.now(datetime.timezone.utc)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=10))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .sign(signer, hashes.SHA256())
    )
    old = serialization.PrivateFormat.TraditionalOpenSSL
    text = key.private_bytes(_PEM, old, serialization.NoEncryption()).decode()
    return built.public_bytes(_PEM).decode(), text


@contextlib.contextmanager
def port(directory, address="127.0.0.1", issued=None):
    """The number of a port that serves a certificate, and that certificate."""
    text, key = issued or certificate()
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
