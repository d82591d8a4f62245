# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Takes the archives of the units, over TLS, for as long as one operation wants them.

    python -m dataops.snapshot.collector SETTINGS

Its certificate is made for the operation, and those who upload know its fingerprint. They show a
token, of which this side keeps only the hash. An upload goes to disk as it comes, is bounded in
size and in time, and counts only if it is what its sender says. When its time is up, or nobody
needs it any more, the process ends by itself.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import http.server
import json
import re
import shutil
import ssl
import sys
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pydantic
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SUFFIX = ".tar.zst"
RECEIPT = ".json"
_PATH = re.compile(r"/units/([a-z][a-z0-9-]*-[0-9]+)")
_BLOCK = 1 << 20
_SILENCE_SECONDS = 20
_AT_ONCE = 32
# What has to stay free on the storage, whatever comes in.
_ROOM = 128 << 20


class Settings(pydantic.BaseModel):
    """How one collector works.

    Attributes:
        address, port: where it listens.
        certificate, key: files of PEM.
        token_sha256: of the token that uploads show, in hex.
        folder: where archives go.
        most_bytes: of one upload.
        seconds: after which the process ends.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    address: str
    port: int
    certificate: Path
    key: Path
    token_sha256: str
    folder: Path
    most_bytes: int = 64 << 20
    seconds: float = 900


class Receipt(pydantic.BaseModel):
    """What the collector knows of an upload.

    Attributes:
        unit: as in the address: `kafka-0`.
        bytes, sha256: of the archive.
        received: UTC.
        clock_ahead: seconds by which the unit's clock was ahead of ours.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    unit: str
    bytes: int
    sha256: str
    received: datetime.datetime
    clock_ahead: float = 0.0


def certificate(address: str, days: int = 1) -> tuple[str, str]:
    """A new key and its self-signed certificate for the address, as PEM: certificate, key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "snapshot collector")])
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A unit's clock may be behind ours; what makes it trusted is its fingerprint.
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(address)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, *form)
    return signed.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def fingerprint(pem: str) -> str:
    """The SHA-256 of a certificate, in hex."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex()


class Collector(http.server.ThreadingHTTPServer):
    """The server.

    Args:
        settings: how it works.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.load_cert_chain(settings.certificate, settings.key)
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__((settings.address, settings.port), _Upload)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Each connection in its own thread, as many at a time as there are places."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The handshake is made here: one that never ends must not stop the others."""
        try:
            request.settimeout(_SILENCE_SECONDS)
            secure = self._context.wrap_socket(request, server_side=True)
        except OSError:
            self.shutdown_request(request)
        else:
            super().process_request_thread(secure, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no fault of ours."""
        print(f"{client_address[0]}: {sys.exc_info()[1]}", flush=True)


class _Upload(http.server.BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    timeout = _SILENCE_SECONDS
    server: Collector  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_PUT(self) -> None:
        """Take an archive."""
        settings = self.server.settings
        unit = _PATH.fullmatch(self.path)
        length = self.headers.get("Content-Length", "")
        if not self._authorised():
            return self._refuse(HTTPStatus.UNAUTHORIZED, "the token is not this operation's")
        if unit is None:
            return self._refuse(HTTPStatus.NOT_FOUND, "upload to /units/<unit>-<number>")
        if not length.isdigit():
            return self._refuse(HTTPStatus.LENGTH_REQUIRED, "say how long it is")
        if int(length) > settings.most_bytes:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"over {settings.most_bytes}")
        if shutil.disk_usage(settings.folder).free < int(length) + _ROOM:
            return self._refuse(HTTPStatus.INSUFFICIENT_STORAGE, "the storage is full")
        return self._take(unit[1], int(length))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """One line for each request, without anything that the client can choose to write."""
        print(f"{self.address_string()} {self.command} {args[1] if len(args) > 1 else ''}")

    def _authorised(self) -> bool:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        shown = hashlib.sha256(token.strip().encode()).hexdigest()
        return scheme == "Bearer" and hmac.compare_digest(shown, self.server.settings.token_sha256)

    def _take(self, unit: str, length: int) -> None:
        """Answer once the upload lies where it belongs, or nothing of it is left."""
        if self._store(unit, length):
            return self._answer(HTTPStatus.CREATED, "taken")
        return self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "not what its hash says")

    def _store(self, unit: str, length: int) -> bool:
        """Stream the body to disk; whether its hash is right, and so it counts."""
        folder = self.server.settings.folder
        scratch = folder / f".{unit}.{threading.get_ident()}.part"
        state = hashlib.sha256()
        try:
            with scratch.open("wb") as out:
                left = length
                while left and (block := self.rfile.read(min(_BLOCK, left))):
                    out.write(block)
                    state.update(block)
                    left -= len(block)
            if left or state.hexdigest() != self.headers.get("X-Sha256", ""):
                return False
            scratch.chmod(0o644)
            # The receipt first: an archive that is there has one.
            self._note(unit, length, state.hexdigest())
            scratch.replace(folder / f"{unit}{SUFFIX}")
        finally:
            scratch.unlink(missing_ok=True)
        return True

    def _note(self, unit: str, length: int, digest: str) -> None:
        """The receipt, beside the archive."""
        now = datetime.datetime.now(datetime.timezone.utc)
        receipt = Receipt(
            unit=unit,
            bytes=length,
            sha256=digest,
            received=now,
            clock_ahead=_ahead(self.headers.get("X-Time", ""), now),
        )
        (self.server.settings.folder / f"{unit}{RECEIPT}").write_text(receipt.model_dump_json())

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self.close_connection = True
        self._answer(status, reason)

    def _answer(self, status: HTTPStatus, text: str) -> None:
        body = json.dumps({"message": text}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def serve(settings: Settings) -> None:
    """Take uploads until the time is up."""
    with Collector(settings) as server:
        timer = threading.Timer(settings.seconds, server.shutdown)
        timer.daemon = True
        timer.start()
        server.serve_forever(poll_interval=0.2)
        timer.cancel()


def _ahead(said: str, now: datetime.datetime) -> float:
    """By how many seconds the sender's clock was ahead."""
    try:
        at = datetime.datetime.fromisoformat(said)
        return round((at - now).total_seconds(), 3)
    except (ValueError, TypeError):
        return 0.0


if __name__ == "__main__":
    serve(Settings.model_validate_json(Path(sys.argv[1]).read_text()))
