# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How far one streaming job is: a JSON file for the charm, and a page of metrics for Prometheus.

Runs beside Spark in the job's own process, with nothing but the standard library.
"""

import dataclasses
import datetime
import http.server
import json
import ssl
import threading
import time
from pathlib import Path
from typing import Any


@dataclasses.dataclass
class Progress:
    """What the job has done since its process started.

    Attributes:
        state: ``starting``, ``waiting`` (for something outside, named by ``reason``), ``running``
            or ``failed`` (the query ended with ``reason`` and is tried again).
        credentials: the file with those that it works with; empty before it was seen to.
        since: when the job entered this state, ISO 8601 UTC.
        batch: number of the last micro-batch; it goes on across restarts, as the checkpoint does.
        rows_in: records read from the input topic since the process started.
        rows_out: records written since the process started.
        rows_per_second: processed in the last batch that had any.
        lag: records that the input topic holds beyond the last batch.
        batch_seconds: how long the last batch took.
        watermark: event time up to which windows are closed, ISO 8601 UTC; empty before the first.
        late_rows: records that came after their window was closed, and were left out.
        unreadable_rows: records without a readable event time, left out as well.
        updated: Unix time of the last report.
    """

    state: str = "starting"
    reason: str = ""
    credentials: str = ""
    since: str = ""
    batch: int = -1
    rows_in: int = 0
    rows_out: int = 0
    rows_per_second: float = 0.0
    lag: int = 0
    batch_seconds: float = 0.0
    watermark: str = ""
    late_rows: int = 0
    unreadable_rows: int = 0
    updated: float = 0.0

    def enter(self, state: str, reason: str = "") -> bool:
        """Whether this is news; notes the state, and since when."""
        if (state, reason) == (self.state, self.reason) and self.since:
            return False
        now = datetime.datetime.now(datetime.timezone.utc)
        self.since = now.isoformat(timespec="seconds")
        self.state, self.reason = state, reason
        return True

    def add(self, report: dict[str, Any]) -> None:
        """Take in Spark's report of one micro-batch: the JSON of a StreamingQueryProgress."""
        sources = report.get("sources", [])
        rows = sum(int(source["numInputRows"]) for source in sources)
        self.batch = int(report["batchId"])
        self.rows_in += rows
        self.rows_out += max(0, int(report.get("sink", {}).get("numOutputRows", 0)))
        self.lag = sum(_behind(source) for source in sources)
        self.watermark = report.get("eventTime", {}).get("watermark", self.watermark)
        self.late_rows += sum(
            int(operator.get("numRowsDroppedByWatermark", 0))
            for operator in report.get("stateOperators", [])
        )
        observed = report.get("observedMetrics", {}).get("input", {})
        self.unreadable_rows += int(observed.get("unreadable") or 0)
        if rows:
            self.rows_per_second = sum(_rate(source) for source in sources)
            self.batch_seconds = report["durationMs"].get("triggerExecution", 0) / 1000

    def save(self, path: Path) -> None:
        """Write the file; a reader sees the old one or the new one."""
        self.updated = time.time()
        scratch = path.with_suffix(".tmp")
        scratch.write_text(json.dumps(dataclasses.asdict(self)), encoding="utf-8")
        scratch.replace(path)

    def metrics(self) -> str:
        """These figures in Prometheus' text format."""
        lines: list[str] = []
        for name, kind, value in self._figures():
            lines += [f"# TYPE spark_job_{name} {kind}", f"spark_job_{name} {value}"]
        return "\n".join(lines) + "\n"

    def _figures(self) -> list[tuple[str, str, float]]:
        return [
            ("running", "gauge", int(self.state == "running")),
            ("failed", "gauge", int(self.state == "failed")),
            ("batch", "gauge", self.batch),
            ("rows_in_total", "counter", self.rows_in),
            ("rows_out_total", "counter", self.rows_out),
            ("rows_per_second", "gauge", self.rows_per_second),
            ("lag_rows", "gauge", self.lag),
            ("batch_seconds", "gauge", self.batch_seconds),
            ("watermark_timestamp_seconds", "gauge", _unix(self.watermark)),
            ("late_rows_total", "counter", self.late_rows),
            ("unreadable_rows_total", "counter", self.unreadable_rows),
            ("updated_timestamp_seconds", "gauge", self.updated),
        ]


def serve(
    progress: Progress, host: str, port: int, certificate: str = ""
) -> http.server.ThreadingHTTPServer:
    """Answer ``/metrics`` on this address from a thread of its own.

    Args:
        progress: what to tell.
        host: where.
        port: likewise.
        certificate: a file with key and chain, PEM: it is served over TLS; empty: it is not.

    Raises:
        OSError: the port is taken, or the file is not usable.
    """

    class Page(http.server.BaseHTTPRequestHandler):
        # Of a client that says nothing, a thread is left for so many seconds.
        timeout = 30

        def do_GET(self) -> None:
            body = progress.metrics().encode()
            self.send_response(200 if self.path == "/metrics" else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """A scrape is no news."""

    server = http.server.ThreadingHTTPServer((host, port), Page)
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        # Each client's thread shakes hands, not the one that accepts: who is silent stops nobody.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def read(path: Path) -> Progress:
    """What the job last said of itself; a fresh ``Progress`` when it has said nothing yet."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Progress()
    known = {field.name for field in dataclasses.fields(Progress)}
    return Progress(**{name: value for name, value in found.items() if name in known})


def _behind(source: dict[str, Any]) -> int:
    """Records that the topic holds beyond the batch; 0 when Spark does not know."""
    end: dict[str, dict[str, int]] = source.get("endOffset") or {}
    latest: dict[str, dict[str, int]] = source.get("latestOffset") or {}
    return sum(
        max(0, offset - end.get(topic, {}).get(partition, 0))
        for topic, partitions in latest.items()
        for partition, offset in partitions.items()
    )


def _rate(source: dict[str, Any]) -> float:
    rate = source.get("processedRowsPerSecond", 0.0)
    # Spark spells an infinite or missing rate as text.
    return float(rate) if isinstance(rate, int | float) else 0.0


def _unix(watermark: str) -> float:
    if not watermark:
        return 0.0
    return datetime.datetime.fromisoformat(watermark.replace("Z", "+00:00")).timestamp()
