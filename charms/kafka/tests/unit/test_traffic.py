# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import http.server
import threading

import pytest

import traffic

ANSWER = """# TYPE kafka_server_user_request_time_percent gauge
kafka_server_user_request_time_percent{user="relation-7"} 0.25
kafka_server_user_request_time_percent{user="relation-7.2",} 1.5E-4
kafka_server_user_request_time_percent{user="relation-8"} 0.0
"""


class Metrics(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        assert self.path == "/metrics?name[]=kafka_server_user_request_time_percent"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(ANSWER.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def broker(monkeypatch):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Metrics) as server:
        monkeypatch.setattr(traffic, "METRICS_PORT", server.server_port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "127.0.0.1"
        server.shutdown()


def test_each_user_s_share_is_read(broker):
    assert traffic.of([broker]) == {"relation-7": 0.25, "relation-7.2": 1.5e-4, "relation-8": 0.0}


def test_a_broker_that_does_not_answer_leaves_it_open(broker):
    assert traffic.of([broker, "127.45.200.9"]) is None
