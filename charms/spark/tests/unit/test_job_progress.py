# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from dataops.certificates import Identity
from job_progress import Progress, read, serve

# As Spark 4.2 reports a micro-batch of this charm's demo, shortened.
REPORT = {
    "batchId": 7,
    "timestamp": "2026-11-22T15:50:02.000Z",
    "durationMs": {"triggerExecution": 1500},
    "eventTime": {"watermark": "2013-03-01T00:00:00.000Z"},
    "stateOperators": [{"numRowsTotal": 9, "numRowsDroppedByWatermark": 2}],
    "sources": [
        {
            "endOffset": {"flights": {"0": 100, "1": 50}},
            "latestOffset": {"flights": {"0": 130, "1": 50, "2": 5}},
            "numInputRows": 150,
            "processedRowsPerSecond": 100.0,
        }
    ],
    "sink": {"numOutputRows": 12},
    "observedMetrics": {"input": {"unreadable": 3}},
}
IDLE = {
    "batchId": 8,
    "durationMs": {"triggerExecution": 3},
    "sources": [{"numInputRows": 0, "processedRowsPerSecond": "Infinity", "endOffset": None}],
    "sink": {"numOutputRows": -1},
}


def test_adds_up_what_spark_reports() -> None:
    progress = Progress()
    progress.add(REPORT)
    progress.add(REPORT)
    assert (progress.batch, progress.rows_in, progress.rows_out) == (7, 300, 24)
    assert (progress.lag, progress.late_rows, progress.unreadable_rows) == (35, 4, 6)
    assert (progress.rows_per_second, progress.batch_seconds) == (100.0, 1.5)
    assert progress.watermark == "2013-03-01T00:00:00.000Z"


def test_an_idle_batch_keeps_the_last_figures() -> None:
    progress = Progress()
    progress.add(REPORT)
    progress.add(IDLE)
    assert (progress.batch, progress.rows_in, progress.rows_out, progress.lag) == (8, 150, 12, 0)
    assert progress.rows_per_second == 100.0
    assert progress.watermark == "2013-03-01T00:00:00.000Z"


def test_a_state_is_news_once() -> None:
    progress = Progress()
    assert progress.enter("waiting", "topic x does not exist yet")
    since = progress.since
    assert not progress.enter("waiting", "topic x does not exist yet")
    assert progress.since == since
    assert progress.enter("running")
    assert progress.reason == ""


def test_the_charm_reads_what_the_job_wrote(tmp_path: Path) -> None:
    progress = Progress()
    progress.add(REPORT)
    progress.save(tmp_path / "x.json")
    assert read(tmp_path / "x.json") == progress
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_nothing_written_yet_and_a_newer_job(tmp_path: Path) -> None:
    assert read(tmp_path / "x.json") == Progress()
    (tmp_path / "x.json").write_text(json.dumps({"batch": 3, "mood": "good"}))
    assert read(tmp_path / "x.json") == Progress(batch=3)


def test_prometheus_reads_the_page() -> None:
    progress = Progress()
    progress.enter("running")
    progress.add(REPORT)
    server = serve(progress, "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        with urllib.request.urlopen(f"{url}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        assert "spark_job_lag_rows 35" in lines
        assert "spark_job_running 1" in lines
        assert "# TYPE spark_job_rows_in_total counter" in lines
        assert "spark_job_watermark_timestamp_seconds 1362096000.0" in lines
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{url}/other")
        caught.value.close()
        assert caught.value.code == 404
    finally:
        server.shutdown()
        server.server_close()


def test_with_a_certificate_the_page_is_secure_and_who_is_silent_stops_nobody(
    tmp_path: Path, certificate: Identity
) -> None:
    pem = tmp_path / "certificate.pem"
    pem.write_text(certificate.key + certificate.chain)
    server = serve(Progress(), "127.0.0.1", 0, str(pem))
    host, port = server.server_address[:2]
    try:
        with socket.create_connection((host, port)):
            trust = ssl.create_default_context(cadata=certificate.ca)
            url = f"https://127.0.0.1:{port}/metrics"
            with urllib.request.urlopen(url, context=trust, timeout=20) as answer:
                assert b"spark_job_running" in answer.read()
    finally:
        server.shutdown()
        server.server_close()
