# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The runner's supervision; what Spark itself makes of a job, the integration tests show."""

import contextlib
import http.server
import importlib
import json
import ssl
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataops.certificates import Identity
from dataops.testing.authority import FakeAuthority
from job_progress import Progress, read


class PySparkError(Exception):
    """Stands for pyspark.errors.PySparkException."""


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """The module, with just enough of pyspark to import it; its pauses are short."""
    names = ("pyspark", "pyspark.errors", "pyspark.sql", "pyspark.sql.streaming")
    for name in (*names, "pyspark.sql.streaming.query"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    sys.modules["pyspark.errors"].PySparkException = PySparkError
    for name in ("DataFrame", "SparkSession", "functions"):
        setattr(sys.modules["pyspark.sql"], name, types.SimpleNamespace())
    sys.modules["pyspark.sql.streaming.query"].StreamingQuery = object
    module = importlib.import_module("job_runner")
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(module, "_WAITING_PAUSE", 0.0)
    monkeypatch.setattr(module, "_LONGEST_PAUSE", 0.0)
    yield module
    del sys.modules["job_runner"]


class Query:
    """A running query: one step of its script at every look, and a batch that ends in time."""

    def __init__(self, *script: Any) -> None:
        self._script = list(script)
        self._message = "Initializing sources"
        self._looks_until_rest = 2
        self.stopped_in_a_batch: bool | None = None
        self.recentProgress: list[Any] = []

    @property
    def status(self) -> dict[str, Any]:
        self._looks_until_rest -= 1
        return {"message": self._message, "isTriggerActive": self._looks_until_rest > 0}

    def stop(self) -> None:
        self.stopped_in_a_batch = self._looks_until_rest > 0

    def awaitTermination(self, seconds: int) -> bool:  # noqa: N802  Spark's name
        step = self._script.pop(0)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, str):
            self._message = step
        elif callable(step):
            step()
        elif step is not None:
            self._looks_until_rest = 3
            self.recentProgress.append(types.SimpleNamespace(json=json.dumps(step)))
        return step is None


def batch(number: int, rows: int) -> dict[str, Any]:
    """What Spark reports about a micro-batch."""
    return {
        "batchId": number,
        "timestamp": f"2026-11-22T10:00:0{number}.000Z",
        "durationMs": {},
        "sources": [{"numInputRows": rows}],
        "sink": {"numOutputRows": rows},
    }


class Never:
    """A master that always knows the application."""

    def lost(self) -> bool:
        return False


def test_every_batch_counts_once(runner: types.ModuleType, tmp_path: Path) -> None:
    progress, path = Progress(), tmp_path / "x.json"
    query = Query("Processing new data", batch(1, 5), "Waiting for data", batch(2, 7), None)
    runner.follow(query, progress, path, Never(), granted(runner, tmp_path))
    assert (read(path).batch, read(path).rows_in, read(path).state) == (2, 12, "running")


def test_a_master_that_forgot_us_ends_the_process(
    runner: types.ModuleType, tmp_path: Path
) -> None:
    watch = types.SimpleNamespace(lost=lambda: True)
    with pytest.raises(ConnectionError, match="no longer knows"):
        access = granted(runner, tmp_path)
        runner.follow(Query("Waiting for data"), Progress(), tmp_path / "x.json", watch, access)


class Session:
    """A Spark that stops after a number of looks."""

    def __init__(self, looks: int) -> None:
        self._looks = looks
        jsc = types.SimpleNamespace(sc=lambda: self)
        self.files: list[str] = []
        self.sparkContext = types.SimpleNamespace(
            applicationId="app-1", _jsc=jsc, addFile=self.files.append
        )

    def isStopped(self) -> bool:  # noqa: N802  Spark's name
        self._looks -= 1
        return self._looks < 0


def job(tmp_path: Path) -> dict[str, Any]:
    options = {"subscribe": "flights"}
    progress = str(tmp_path / "x.json")
    return {
        "name": "flights-hourly",
        "input": {"options": options},
        "output": {"format": "kafka"},
        "progress": progress,
        "master_ui": "http://127.0.0.1:1",
    }


def grant(directory: Path, credentials: str, subscribe: str = "flights") -> None:
    """What the charm writes."""
    access = {"credentials": credentials, "input": {"subscribe": subscribe}, "output": {}}
    (directory / "access.json").write_text(json.dumps(access))


def granted(runner: types.ModuleType, directory: Path, session: Session | None = None) -> Any:
    """Access that was taken."""
    grant(directory, "kafka-1.properties")
    access = runner.Access(session or Session(2), directory)
    access.take(job(directory))
    return access


def test_what_kafka_grants_is_waited_for(
    runner: types.ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    description = job(tmp_path)
    monkeypatch.setattr(runner.time, "sleep", lambda _: grant(tmp_path, "kafka-1.properties"))
    access = runner.Access(session := Session(2), tmp_path)
    access.wait(description, Progress())
    found = access.take(description)
    assert found["input"] == {"options": {"subscribe": "flights"}}
    assert found["output"] == {"format": "kafka", "options": {}}
    assert session.files == [str(tmp_path / "kafka-1.properties")]


def test_other_credentials_are_taken_between_two_batches(
    runner: types.ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = granted(runner, tmp_path, session := Session(2))
    progress, path = Progress(), tmp_path / "x.json"
    seen: list[tuple[str, str]] = []

    def rotate() -> None:
        seen.append((progress.state, progress.credentials))
        grant(tmp_path, "kafka-2.properties")

    first, second = Query("Processing", rotate, batch(1, 5)), Query("Waiting for data", None)
    queries = [first, second]
    monkeypatch.setattr(runner, "start", lambda spark, job: queries.pop(0))
    runner.run(session, job(tmp_path), progress, access)
    assert seen == [("running", "kafka-1.properties")]
    assert first.stopped_in_a_batch is False
    assert (read(path).state, read(path).credentials) == ("running", "kafka-2.properties")
    assert session.files == [str(tmp_path / f"kafka-{n}.properties") for n in (1, 2)]


def test_a_query_that_never_rests_is_stopped_all_the_same(
    runner: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_REST_PATIENCE", 0.0)
    query = Query()
    query._looks_until_rest = 10**9
    runner.end(query)
    assert query.stopped_in_a_batch


def test_another_topic_is_no_other_credentials(runner: types.ModuleType, tmp_path: Path) -> None:
    access = granted(runner, tmp_path, session := Session(2))
    grant(tmp_path, "kafka-1.properties", subscribe="delays")
    assert access.changed()
    assert access.take(job(tmp_path))["input"]["options"] == {"subscribe": "delays"}
    assert not access.changed()
    assert session.files == [str(tmp_path / "kafka-1.properties")]


@pytest.mark.parametrize(
    ("error", "seen"),
    [("UnknownTopicOrPartition", "kafka-1.properties"), ("SaslAuthenticationException", "")],
)
def test_who_is_not_let_in_has_not_taken_its_credentials(
    runner: types.ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: str,
    seen: str,
) -> None:
    access, progress = granted(runner, tmp_path, session := Session(1)), Progress()
    monkeypatch.setattr(runner, "start", lambda spark, job: Query(PySparkError(error)))
    runner.run(session, job(tmp_path), progress, access)
    assert progress.credentials == seen


def test_who_was_refused_tries_again_as_soon_as_it_is_granted_something_else(
    runner: types.ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access, slept = granted(runner, tmp_path), []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            grant(tmp_path, "kafka-2.properties")

    monkeypatch.setattr(runner.time, "sleep", sleep)
    access.rest(3600)
    assert len(slept) == 3
    access.take(job(tmp_path))
    access.rest(0)
    assert len(slept) == 3


def test_who_waits_for_access_ends_with_spark(runner: types.ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ConnectionError, match="before Kafka granted"):
        runner.Access(Session(3), tmp_path).wait(job(tmp_path), Progress())


def test_a_query_that_fails_is_tried_again(
    runner: types.ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = [Query(PySparkError("boom\n")), Query("Processing new data", batch(1, 5), None)]
    monkeypatch.setattr(runner, "start", lambda spark, job: queries.pop(0))
    progress = Progress()
    session = Session(2)
    runner.run(session, job(tmp_path), progress, granted(runner, tmp_path, session))
    assert not queries
    assert (progress.state, progress.rows_in) == ("running", 5)


def test_the_operator_reads_the_root_cause(runner: types.ModuleType, tmp_path: Path) -> None:
    text = "Stream failed\n  at x\nCaused by: a\n  at y\nCaused by: Disk quota exceeded\n  at z"
    found = runner.explain(PySparkError(text), job(tmp_path))
    assert found == ("failed", "Caused by: Disk quota exceeded")
    assert runner.explain(PySparkError("no column x"), job(tmp_path)) == ("failed", "no column x")


def test_a_topic_that_is_not_there_yet_is_waited_for(
    runner: types.ModuleType, tmp_path: Path
) -> None:
    error = PySparkError("org.apache.kafka...UnknownTopicOrPartitionException: no such thing")
    expected = ("waiting", "topic flights does not exist yet")
    assert runner.explain(error, job(tmp_path)) == expected


@pytest.fixture
def master() -> Iterator[types.SimpleNamespace]:
    """A master's pages, with the applications that it knows."""
    known = types.SimpleNamespace(apps=[{"id": "app-1"}], url="")

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"activeapps": known.apps}).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


def looks(runner: types.ModuleType, url: str, count: int) -> list[bool]:
    watch = runner.ClusterWatch(url, "app-1")
    found = []
    for _ in range(count):
        watch._next = 0
        found.append(watch.lost())
    return found


def test_a_master_that_knows_us(runner: types.ModuleType, master: types.SimpleNamespace) -> None:
    assert looks(runner, master.url, 4) == [False] * 4


def test_a_master_that_came_back_empty(
    runner: types.ModuleType, master: types.SimpleNamespace
) -> None:
    master.apps = []
    assert looks(runner, master.url, 3) == [False, False, True]


def test_a_master_that_is_away_is_waited_for(runner: types.ModuleType) -> None:
    assert looks(runner, "http://127.0.0.1:1", 5) == [False] * 5


def test_a_secure_master_is_asked_by_the_authorities_of_now(
    runner: types.ModuleType, tmp_path: Path, certificate: Identity
) -> None:
    pem, trusted = tmp_path / "certificate.pem", tmp_path / "authorities.pem"
    pem.write_text(certificate.key + certificate.chain)
    trusted.write_text(FakeAuthority("other").pem)
    with secure_master(pem) as url:
        watch = runner.ClusterWatch(url, "app-1", str(trusted))
        # Whom we do not trust does not tell us that we are lost.
        assert watch._known() is None
        trusted.write_text(trusted.read_text() + certificate.ca)
        assert watch._known() is False


@contextlib.contextmanager
def secure_master(pem: Path) -> Iterator[str]:
    """The pages of a master that knows nobody."""

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"activeapps": []}')

        def log_message(self, *args: object) -> None:
            pass

        def handle(self) -> None:
            with contextlib.suppress(ssl.SSLError):
                super().handle()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()
