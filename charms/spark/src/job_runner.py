# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One declared streaming job, inside Spark: ``spark-submit job_runner.py job.json``.

The charm writes into ``job.json`` what the job is, and into ``access.json``, as soon as Kafka has
granted its topics, where it reads and writes: until then it waits, with Spark already running. The
secrets are in the file of properties that it names, and Kafka's own file provider reads them where
a client connects. They are thus in no plan, event log, web page or argument list of Spark. Granted
something else, the job goes over to it between two batches, in a second or two.

The query is tried again in this process when it ends with an error, because starting a JVM costs
twenty seconds and the checkpoint knows where to go on. When Spark itself is lost, the process
ends, and its service manager starts it afresh.
"""

# pyspark comes with the workload, not with the charm, so that its types are not here.
# pyright: basic, reportMissingImports=false

import json
import os
import ssl
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession, functions
from pyspark.sql.streaming.query import StreamingQuery

from job_progress import Progress, serve

_LONGEST_PAUSE = 60.0
_WAITING_PAUSE = 5.0
_ACCESS_PAUSE = 0.2
# What a query says of itself once it has found its topics.
_AT_WORK = ("Processing", "Waiting for")
_LOST_AFTER = 3
# Between two batches, nothing is written twice; a query that never rests is stopped in the middle.
_REST_PATIENCE = 10.0
_REST_PAUSE = 0.02


class ClusterWatch:
    """Notices that the master no longer knows this application.

    A master that is told something else, or is another unit's, knows nothing when it starts; the
    workers then end the executors it does not know, and the driver would wait for ever.
    """

    def __init__(self, master_ui: str, application: str, authorities: str = "") -> None:
        self._url = f"{master_ui}/json/"
        self._authorities = authorities
        self._application = application
        self._misses = 0
        self._next = 0.0

    def lost(self) -> bool:
        """Whether several looks in a row found the master without this application."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 5
            known = self._known()
            self._misses = 0 if known is not False else self._misses + 1
        return self._misses >= _LOST_AFTER

    def _known(self) -> bool | None:
        """None while the master does not answer: then it is being restarted."""
        try:
            with urllib.request.urlopen(self._url, timeout=5, context=self._trust()) as answer:  # noqa: S310
                found = json.load(answer)
        except (OSError, ValueError):
            return None
        return self._application in {app["id"] for app in found["activeapps"]}

    def _trust(self) -> ssl.SSLContext | None:
        """By whom the master is trusted; read anew, because another one is no reason to end."""
        path = self._authorities
        return ssl.create_default_context(cafile=path) if path else None


def source(spark: SparkSession, job: dict[str, Any]) -> DataFrame:
    """The input topic's events as columns, with the event-time watermark.

    A record without a readable event time belongs to no window: it is counted and left out.
    """
    raw = spark.readStream.format("kafka").options(**job["input"]["options"]).load()
    value = functions.from_json(functions.col("value").cast("string"), job["input"]["schema"])
    events = raw.select(value.alias("event")).select("event.*")
    event_time = functions.col(job["input"]["event_time"])
    events = events.observe("input", functions.count_if(event_time.isNull()).alias("unreadable"))
    readable = events.where(event_time.isNotNull())
    return readable.withWatermark(job["input"]["event_time"], job["input"]["watermark"])


def sink(result: DataFrame, job: dict[str, Any]) -> StreamingQuery:
    """The running query: the SQL's result on its way to the topic or the Parquet files."""
    output = job["output"]
    if output["format"] == "kafka":
        columns = [name for name in result.columns if name != output["key"]]
        value = functions.to_json(functions.struct(*columns), {"ignoreNullFields": "false"})
        key = functions.col(output["key"]).cast("string")
        result = result.select(key.alias("key"), value.alias("value"))
    writer = result.writeStream.format(output["format"]).options(**output["options"])
    writer = writer.outputMode(job["output_mode"]).queryName(job["name"])
    writer = writer.option("checkpointLocation", job["checkpoint"])
    return writer.trigger(processingTime=job["trigger"]).start()


class Access:
    """What Kafka grants the job, as the charm has written it down.

    Args:
        spark: whose executors read the credentials where they run.
        directory: where the charm writes.
    """

    def __init__(self, spark: SparkSession, directory: Path) -> None:
        self._spark = spark
        self._directory = directory
        self._path = directory / "access.json"
        self._taken: dict[str, Any] = {}

    def wait(self, job: dict[str, Any], progress: Progress) -> None:
        """Return once there is any.

        Raises:
            ConnectionError: Spark was lost meanwhile.
        """
        while not self._path.exists():
            if self._spark.sparkContext._jsc.sc().isStopped():  # type: ignore[attr-defined]
                raise ConnectionError("Spark ended before Kafka granted anything")
            progress.save(Path(job["progress"]))
            time.sleep(_ACCESS_PAUSE)

    def changed(self) -> bool:
        """Whether there is another one than was taken."""
        return self._read() != self._taken

    def rest(self, seconds: float) -> None:
        """Return after so long, or as soon as there is another one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.changed():
            time.sleep(_ACCESS_PAUSE)

    def take(self, job: dict[str, Any]) -> dict[str, Any]:
        """The job with what it is granted now."""
        granted = self._read()
        if granted["credentials"] != self.credentials:
            self._spark.sparkContext.addFile(str(self._directory / granted["credentials"]))
        self._taken = granted
        sides = {side: {**job[side], "options": granted[side]} for side in ("input", "output")}
        return {**job, **sides}

    @property
    def credentials(self) -> str:
        """The file of those that were taken; empty before."""
        return self._taken.get("credentials", "")

    def _read(self) -> dict[str, Any]:
        return json.loads(self._path.read_text(encoding="utf-8"))


def start(spark: SparkSession, job: dict[str, Any]) -> StreamingQuery:
    """The job's query, started from its checkpoint."""
    source(spark, job).createOrReplaceTempView("input")
    return sink(spark.sql(job["sql"]), job)


def end(query: StreamingQuery) -> None:
    """Stop the query, between two batches if it ever rests."""
    deadline = time.monotonic() + _REST_PATIENCE
    while query.status["isTriggerActive"] and time.monotonic() < deadline:
        time.sleep(_REST_PAUSE)
    query.stop()


def follow(
    query: StreamingQuery, progress: Progress, path: Path, watch: ClusterWatch, access: Access
) -> None:
    """Report the query's batches until it ends, or is granted something else.

    Raises:
        PySparkException: the query failed.
        ConnectionError: the master no longer knows this application.
    """
    seen: tuple[str, int] = ("", -1)
    while not query.awaitTermination(1):
        if query.status["message"].startswith(_AT_WORK):
            progress.enter("running")
            progress.credentials = access.credentials
        for batch in query.recentProgress:
            report = json.loads(batch.json)
            if (mark := (report["timestamp"], report["batchId"])) > seen:
                seen = mark
                progress.add(report)
        if access.changed():
            progress.enter("starting", "Kafka granted something else")
            progress.save(path)
            end(query)
            return
        progress.save(path)
        if watch.lost():
            raise ConnectionError("The Spark master no longer knows this application")


def run(spark: SparkSession, job: dict[str, Any], progress: Progress, access: Access) -> None:
    """Keep the query running until Spark is lost."""
    path = Path(job["progress"])
    application = spark.sparkContext.applicationId
    watch = ClusterWatch(job["master_ui"], application, job.get("authorities", ""))
    pause = 1.0
    while not spark.sparkContext._jsc.sc().isStopped():  # type: ignore[attr-defined]
        progress.save(path)
        granted = access.take(job)
        try:
            follow(start(spark, granted), progress, path, watch, access)
        except PySparkException as error:
            pause = 1.0 if progress.state == "running" else min(_LONGEST_PAUSE, pause * 2)
            state, reason = explain(error, granted)
            if state == "waiting":
                # Kafka let it in to say so.
                progress.credentials = access.credentials
            if progress.enter(state, reason):
                print(f"{progress.state}: {progress.reason}", file=sys.stderr, flush=True)
            progress.save(path)
            # What was refused may be what is about to be replaced.
            access.rest(_WAITING_PAUSE if progress.state == "waiting" else pause)


def explain(error: Exception, job: dict[str, Any]) -> tuple[str, str]:
    """State and reason, in one line: what the operator reads in ``list-jobs``."""
    text = str(error)
    if "UnknownTopicOrPartition" in text:
        return "waiting", f"topic {job['input']['options']['subscribe']} does not exist yet"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    reason = next((line for line in reversed(lines) if line.startswith("Caused by")), lines[0])
    return "failed", reason[:300]


def main(argv: list[str]) -> int:
    """Run the job that the file describes; returns only when Spark is lost."""
    job = json.loads(Path(argv[1]).read_text(encoding="utf-8"))
    progress = Progress()
    progress.enter("starting")
    host, port = job["metrics"]
    serve(progress, host, port, job.get("certificate", ""))
    progress.save(Path(job["progress"]))
    spark = SparkSession.builder.appName(job["name"]).getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    try:
        access = Access(spark, Path(argv[1]).parent)
        access.wait(job, progress)
        run(spark, job, progress, access)
    except Exception as error:
        print(f"Cannot go on with {job['name']}: {error}", file=sys.stderr, flush=True)
        progress.enter("starting", str(error)[:300])
        progress.save(Path(job["progress"]))
        # The gateway to Spark may be gone as well, so nothing is left to tidy up from here.
        os._exit(1)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
