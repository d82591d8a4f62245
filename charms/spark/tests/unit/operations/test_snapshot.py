# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Spark hands to a post-mortem."""

import http.server
import json
import threading

import pytest
import zstandard
from factory import AGREEMENT

from dataops.snapshot.collect import Collection
from dataops.snapshot.redact import Redactor, Secret
from dataops.testing import FakeJuju
from job_progress import Progress
from operations.snapshot import VERB, gather

SECRETS = {"shared secret", "password of flights", "password of flights-hourly"}


@pytest.fixture
def answers():
    """What every page of every daemon answers, by the end of its path."""
    found = {
        "/json/": {"aliveworkers": 1},
        "applications": [{"id": "app-1"}],
        "jobs": [],
        "stages": [],
        "allexecutors": [],
    }

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            answer = next((v for end, v in found.items() if path.endswith(end)), None)
            self.send_response(200 if answer is not None else 404)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1], found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def told(spark, facts, answers, tmp_path):
    """The specification, with every page on the port of the test's own server."""

    def prepare(**fields):
        agreement = AGREEMENT.model_copy(update={"master": "127.0.0.1"})
        observed = facts(address="127.0.0.1", agreement=agreement, **fields)
        juju = FakeJuju("spark/0", spark.paths.root)
        spec = VERB.prepare(VERB.context(observed, spark, {}, juju=juju))
        page = f"http://127.0.0.1:{answers[0]}"
        drivers = dict.fromkeys(spec.drivers, page)
        places = {"master": page, "worker": page, "history": page, "drivers": drivers}
        return spec.model_copy(update=places)

    return prepare


@pytest.fixture
def collection(tmp_path):
    (tmp_path / "place").mkdir()
    secrets = [Secret(value, value) for value in SECRETS]
    return Collection("spark/0", tmp_path / "place", Redactor(secrets))


def test_every_secret_is_known(told):
    spec = told()
    assert {each.value for each in spec.secrets} == SECRETS
    assert VERB.spec.model_validate(spec.model_dump(mode="json")) == spec
    assert spec.jobs == ("flights-hourly",)


def test_collects_pages_progress_and_event_logs(told, collection, spark, data, tmp_path):
    spec = told()
    Progress(state="running").save(spark.progress_file("flights-hourly"))
    log = data / "event-logs" / "eventlog_v2_app-1" / "events_1_app-1.zstd"
    log.parent.mkdir(parents=True, exist_ok=True)
    event = {"Event": "SparkListenerEnvironmentUpdate", "secret": "shared secret"}
    log.write_bytes(zstandard.ZstdCompressor().compress(json.dumps(event).encode()))
    summary = gather(collection, spec)
    assert summary.endswith("1 of 1 workers alive, 1 of 1 jobs of this unit running")
    assert collection.findings == []
    assert [gap for gap in collection.gaps if "spark/" in gap.name] == []
    names = {piece.name for piece in collection.pieces}
    assert "spark/jobs/flights-hourly/progress.json" in names
    assert "spark/jobs/flights-hourly/stages.json" in names
    events = tmp_path / "place/spark/event-logs/eventlog_v2_app-1/events_1_app-1.json"
    assert "SparkListenerEnvironmentUpdate" in events.read_text()
    assert "shared secret" not in events.read_text().replace("[redacted: shared secret]", "")


def test_a_lost_worker_and_a_failed_job_are_findings(told, collection, spark, answers):
    spec = told()
    answers[1]["/json/"]["aliveworkers"] = 0
    Progress(state="failed", reason="no column x").save(spark.progress_file("flights-hourly"))
    gather(collection, spec)
    assert [(each.severity, each.title, each.detail) for each in collection.findings] == [
        ("critical", "job flights-hourly is failed", "no column x"),
        ("critical", "1 of 1 workers are not there", f"asked: {spec.master}"),
    ]


def test_without_storage_there_are_no_event_logs(told, collection):
    gather(collection, told().model_copy(update={"data": None}))
    assert not any("event-logs" in piece.name for piece in collection.pieces)
