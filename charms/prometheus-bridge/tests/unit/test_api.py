# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What becomes of answers, and of none."""

import datetime
import http.server
import json
import ssl
import threading

import pytest
from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateRequestAttributes,
    PrivateKey,
)

from api import Api
from errors import ApiError


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers what the test lays down, by path."""

    laid_down: dict[str, tuple[int, str]] = {}  # noqa: RUF012

    def do_GET(self):
        code, text = self.laid_down.get(self.path.partition("?")[0], (404, "not laid down"))
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    """An HTTP server on a free port of loopback: its answers and its API client."""
    handler = type("Handler", (Answers,), {"laid_down": {}})
    with http.server.ThreadingHTTPServer(("127.47.8.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            yield handler.laid_down, Api(f"http://127.47.8.1:{httpd.server_port}")
        finally:
            httpd.shutdown()
            thread.join()


def success(data):
    return 200, json.dumps({"status": "success", "data": data})


def test_targets_and_rules_are_taken_out_of_their_wrapping(server):
    answers, api = server
    answers["/api/v1/targets"] = success({"activeTargets": [{"health": "up"}]})
    answers["/api/v1/rules"] = success({"groups": [{"rules": [{"name": "A"}]}, {"rules": []}]})

    assert api.targets() == [{"health": "up"}]
    assert api.rules() == [{"name": "A"}]


@pytest.fixture
def secured(server, tmp_path):
    """The same answers over TLS: its API client with the authority to trust, and one without."""
    answers, _ = server
    key, validity = PrivateKey.generate(), datetime.timedelta(days=1)
    wanted = CertificateRequestAttributes("prometheus", sans_ip=["127.47.8.1"], is_ca=True)
    certificate = Certificate.generate_self_signed_ca(wanted, key, validity)
    both, ca = tmp_path / "both.pem", tmp_path / "ca.pem"
    both.write_text(f"{key}\n{certificate}\n")
    ca.write_text(f"{certificate}\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    handler = type("Handler", (Answers,), {"laid_down": answers})
    with http.server.ThreadingHTTPServer(("127.47.8.1", 0), handler) as httpd:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            url = f"https://127.47.8.1:{httpd.server_port}"
            yield answers, Api(url, ca), Api(url)
        finally:
            httpd.shutdown()
            thread.join()


def test_only_a_trusted_prometheus_is_believed(secured):
    answers, trusting, strange = secured
    answers["/-/ready"] = (200, "ready")
    assert trusting.ready()
    with pytest.raises(ApiError, match="CERTIFICATE_VERIFY_FAILED"):
        strange.targets()


def test_a_refusal_is_told_in_prometheus_words(server):
    answers, api = server
    answers["/api/v1/query"] = (400, json.dumps({"status": "error", "error": "parse error"}))
    with pytest.raises(ApiError, match="parse error"):
        api.query("up ==")


def test_what_is_no_api_is_told(server):
    _, api = server
    with pytest.raises(ApiError, match="404, not JSON"):
        api.query_range("up", "1", "2", "1s")


def test_a_metric_of_its_own_is_read(server):
    answers, api = server
    answers["/metrics"] = (200, '# HELP x\nx{a="b"} 1\nx 2.5e+01\n')
    assert api.metric("x") == 25.0
    assert api.metric("y") is None


def test_readiness(server):
    answers, api = server
    assert not api.ready()
    answers["/-/ready"] = (200, "Prometheus Server is Ready.")
    assert api.ready()


def test_nobody_there_is_told_with_the_address_and_the_cause():
    api = Api("http://127.47.8.2:1")
    assert not api.ready()
    with pytest.raises(ApiError, match=r"http://127\.47\.8\.2:1: Connection refused"):
        api.query("up")
