# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Pages that a server really serves, over TLS and without."""

import contextlib
import http.server
import ssl
import threading
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataops.certificates import Identity
from dataops.testing.authority import FakeAuthority
from pages import page, read


@contextlib.contextmanager
def server(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of something that answers in JSON."""

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status": "ALIVE"}')

        def log_message(self, *args: object) -> None:
            pass

        def handle(self) -> None:
            with contextlib.suppress(ssl.SSLError):
                super().handle()

    found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    if context:
        found.socket = context.wrap_socket(
            found.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found.server_address[1]
    found.shutdown()
    found.server_close()
    thread.join()


def test_addresses() -> None:
    assert page("10.0.0.1", 8080, https=False) == "http://10.0.0.1:8080"
    assert page("10.0.0.1", 8080, https=True) == "https://10.0.0.1:8480"


def test_a_plain_page() -> None:
    with server() as port:
        assert read(f"http://127.0.0.1:{port}/json/") == {"status": "ALIVE"}


def test_a_secure_page_is_read_by_who_trusts_it(tmp_path: Path, certificate: Identity) -> None:
    pem = tmp_path / "certificate.pem"
    pem.write_text(certificate.key + certificate.chain)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    with server(context) as port:
        url = f"https://127.0.0.1:{port}/json/"
        assert read(url, certificate.ca) == {"status": "ALIVE"}
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            read(url, FakeAuthority("other").pem)
