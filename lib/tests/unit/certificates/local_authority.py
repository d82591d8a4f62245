# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A small authority for tests, and a TLS port that serves what it signs."""

import contextlib
import datetime
import ipaddress
import socket
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
DAY = datetime.timedelta(days=1)
PEM = serialization.Encoding.PEM


class Authority:
    """One root, or an authority that stands below one."""

    def __init__(self, name="root", above=None, key=None):
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        signer = above or self
        self.certificate = self._build(self.name, self.key.public_key(), signer, ca=True)
        self.pem = self.certificate.public_bytes(PEM).decode()

    def issue(self, name="kafka-0", names=("127.0.0.1",), start=NOW - DAY, end=NOW + 10 * DAY):
        """A certificate with its key: PEM texts."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        sans = [x509.IPAddress(ipaddress.ip_address(one)) for one in names]
        built = self._build(subject, key.public_key(), self, start=start, end=end, sans=sans)
        kind = serialization.PrivateFormat.PKCS8
        text = key.private_bytes(PEM, kind, serialization.NoEncryption()).decode()
        return built.public_bytes(PEM).decode(), text

    def _build(self, subject, public, signer, *, start=None, end=None, ca=False, sans=()):
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(signer.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start or NOW - DAY)
            .not_valid_after(end or NOW + 100 * DAY)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()),
                critical=False,
            )
        )
        if sans:
            builder = builder.add_extension(x509.SubjectAlternativeName(sans), critical=False)
        return builder.sign(signer.key, hashes.SHA256())


@contextlib.contextmanager
def port(directory, *texts, clients="", newest=None):
    """The number of a port that serves these PEM texts; with `clients`, to whom they sign."""
    path = directory / "both.pem"
    path.write_text("".join(texts))
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file(str(path))
    context.use_privatekey_file(str(path))
    if newest:
        context.set_max_proto_version(newest)
    if clients:
        _ask_for_certificates(context, directory, clients)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, context), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        # A blocked accept is not woken by a close: shutting down is what ends it.
        server.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


def _ask_for_certificates(context, directory, clients):
    """As a broker does: whoever has none is refused, and learns whose would do."""
    trusted = directory / "clients.pem"
    trusted.write_text(clients)
    context.load_verify_locations(str(trusted))
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
    for one in x509.load_pem_x509_certificates(clients.encode()):
        context.add_client_ca(one)


def _serve(server, context):
    while True:
        try:
            plain, _ = server.accept()
        except OSError:
            return
        with plain, contextlib.suppress(SSL.Error):
            connection = SSL.Connection(context, plain)
            connection.set_accept_state()
            connection.do_handshake()
            connection.shutdown()
