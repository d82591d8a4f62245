# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import http.server
import json
import threading

import pytest
from factory import AGREEMENT

from job_progress import Progress
from operations.health_check import VERB

MASTER = {"status": "ALIVE", "aliveworkers": 1, "url": "spark://x", "coresused": 1}
WORKER = {"coresused": 1, "cores": 4, "masterurl": "spark://x"}


@pytest.fixture
def pages():
    """What the daemons of one unit answer: the same page for all, on any path."""
    answer = {**MASTER, **WORKER}

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1], answer
    server.shutdown()
    server.server_close()
    thread.join()


def check(spark, facts, port: int, **fields) -> dict[str, object]:
    """The checks by name, on a unit whose master's pages are on that port."""
    agreement = AGREEMENT.model_copy(update={"master": "127.0.0.1", "port_offset": port - 8080})
    observed = facts(address="127.0.0.1", agreement=agreement, **fields)
    result = VERB.call(observed, spark, {})
    return {one.name: one for one in result.checks}


def test_asks_the_processes_themselves(spark, facts, pages) -> None:
    port, _ = pages
    found = check(spark, facts, port)
    assert found["master"].ok
    assert "alive at spark://x with 1 workers" in found["master"].detail
    assert not found["worker"].ok
    assert "worker.log" in found["worker"].next_move
    assert found["storage"].ok
    assert found["kafka-credentials"].ok


def test_a_missing_worker_is_found(spark, facts, pages) -> None:
    port, answer = pages
    answer["aliveworkers"] = 0
    found = check(spark, facts, port)
    assert "ALIVE with 0 of 1 workers" in found["master"].detail


def test_a_failing_job_is_found(spark, facts, pages) -> None:
    port, _ = pages
    facts()
    Progress(state="failed", reason="no column x").save(spark.progress_file("flights-hourly"))
    found = check(spark, facts, port)["job-flights-hourly"]
    assert (found.ok, found.detail) == (False, "RuntimeError: no column x")


def test_late_rows_are_told(spark, facts, pages) -> None:
    port, _ = pages
    facts()
    Progress(state="running", late_rows=9).save(spark.progress_file("flights-hourly"))
    assert "9 late rows" in check(spark, facts, port)["job-flights-hourly"].detail


def test_missing_credentials_are_found(spark, facts, pages) -> None:
    port, _ = pages
    found = check(spark, facts, port, accesses={})["kafka-credentials"]
    assert "none for flights, flights-hourly" in found.detail
    assert found.next_move == "juju integrate spark:kafka kafka:kafka-client"
