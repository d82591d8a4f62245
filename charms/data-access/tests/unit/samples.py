# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A granted relation, and a broker that answers."""

import contextlib
import datetime
import ipaddress
import pathlib
import socket
import ssl
import tempfile
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from ops import testing

CHARM = pathlib.Path(__file__).parents[2]
HOST = "127.0.0.1"
PEM = serialization.Encoding.PEM


def granted(topic="flights", *, tls=False, rotated=False) -> tuple[testing.Relation, list]:
    """A relation that Kafka has answered, and the secrets that it granted."""
    password = "new-password" if rotated else "first-password"
    user = testing.Secret({"username": "relation-7", "password": password})
    answer = {
        "topic": topic,
        "endpoints": "10.1.2.3:9093,10.1.2.4:9093",
        "consumer-group-prefix": "relation-7-",
        "secret-user": user.id,
        "version": "v0",
    }
    secrets = [user]
    if tls:
        secrets.append(testing.Secret({"tls": "enabled", "tls-ca": "a CA"}))
        answer |= {"secret-tls": secrets[-1].id, "tls": "enabled"}
    return testing.Relation("kafka", remote_app_name="kafka", remote_app_data=answer), secrets


class Broker:
    """Answers on a port of its own, with its own certificate if it speaks TLS."""

    def __init__(self, *, tls: bool = False) -> None:
        self.ca = ""
        self._context = self._secured() if tls else None
        self._listener = socket.create_server((HOST, 0))
        self.endpoint = f"{HOST}:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                if self._context:
                    with self._context.wrap_socket(connection, server_side=True) as secure:
                        secure.recv(1)
                else:
                    connection.recv(1)

    def _secured(self) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
        now = datetime.datetime.now(datetime.timezone.utc)
        address = x509.IPAddress(ipaddress.ip_address(HOST))
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.ca = certificate.public_bytes(PEM).decode()
        plain = serialization.NoEncryption()
        pair = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain).decode() + self.ca
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(pair)
            file.flush()
            context.load_cert_chain(file.name)
        return context
