# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A Spark job whose Kafka is restored under it, and whose own files are put back."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jubilant
import pytest
from confluent_kafka import Consumer

from tests.integration import one_broker
from tests.integration.clients import Writer, read_all, until_the_end
from tests.integration.one_broker import charm
from tests.integration.operations import begin, ended
from tests.integration.processes import eventually, of_unit, one_of_unit
from tests.integration.test_restore import data_of
from tools.demo import feed, pipeline

pytestmark = pytest.mark.long

JOBS = """
- name: copy
  input:
    topic: orders
    schema: n STRING, at TIMESTAMP
    event-time: at
    watermark: 1 day
  sql: SELECT n, count(*) AS times FROM input GROUP BY n
  output-mode: update
  output:
    topic: copies
    key: n
  trigger: 2 seconds
- name: keep
  input:
    topic: orders
    schema: n STRING, at TIMESTAMP
    event-time: at
    watermark: 1 day
  sql: SELECT n, at FROM input
  output:
    path: kept
  trigger: 2 seconds
"""


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju, tmp_path_factory: pytest.TempPathFactory) -> jubilant.Juju:
    """One broker, Spark with a job for each kind of output, and customers of both topics."""
    place = str(tmp_path_factory.mktemp("backups"))
    juju.deploy(
        charm("spark"),
        config={
            "jobs": JOBS,
            "backup-directory": place,
            "worker-cores": 2,
            "worker-memory": "1g",
        },
    )
    juju.deploy(
        charm("data-access"), "reader", config={"topic": "copies", "extra-user-roles": "consumer"}
    )
    return one_broker.deploy(
        juju,
        ("spark:kafka", "kafka:kafka-client"),
        ("reader:kafka", "kafka:kafka-client"),
        ("day2:operations", "spark:operations"),
        kafka={"backup-directory": place},
    )


@pytest.fixture(scope="module")
def data(model: jubilant.Juju) -> Path:
    """Spark's storage."""
    uuid = model.show_model().model_uuid
    runner = "job-copy/job_runner.py"
    process = eventually(lambda: one_of_unit("spark/0", uuid, runner), 240, "the job")
    job = next(Path(one) for one in process.cmdline() if one.endswith(runner)).with_name(
        "job.json"
    )
    checkpoint = json.loads(job.read_text())["checkpoint"].removeprefix("file://")
    return Path(checkpoint).parent.parent


@pytest.fixture(scope="module")
def customer(model: jubilant.Juju) -> pipeline.Credentials:
    found = pipeline.credentials(model, "customer")
    feed.partitions(found)
    return found


def event(key: str) -> bytes:
    return json.dumps({"n": key, "at": "2026-11-22T12:00:00Z"}).encode()


def write(access: pipeline.Credentials, first: int, count: int) -> set[str]:
    """Keys of records that were acknowledged."""
    with Writer(access, first=first, value=event) as writer:
        writer.progress(count)
    return set(writer.acknowledged)


def copied(model: jubilant.Juju) -> set[str]:
    """Keys that the job has counted; each was written once, whatever the job read again."""
    access = pipeline.credentials(model, "reader")
    consumer = Consumer(
        {
            **access.client(),
            "group.id": access.group,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    found: set[str] = set()
    try:
        for message in until_the_end(consumer, access.topic):
            key = (message.key() or b"").decode()
            # More than once: the state would be that of batches that are no more.
            assert json.loads(message.value() or b"")["times"] == 1, key
            found.add(key)
    finally:
        consumer.close()
    return found


def read(data: Path, job: str) -> int:
    """How many records the job has read, as the batches say that are done."""
    place = data / "checkpoints" / job
    done = [int(one.name) for one in (place / "commits").iterdir() if one.name.isdigit()]
    told = (place / "offsets" / str(max(done))).read_text().split("\n")[2]
    return sum(json.loads(told)["orders"].values())


@pytest.fixture(scope="module")
def written(
    model: jubilant.Juju, customer: pipeline.Credentials, data: Path
) -> Iterator[tuple[set[str], set[str]]]:
    """Keys that are in the backup, and keys that were written later; jobs have read them all."""
    before = write(customer, 0, 300)
    for job in ("copy", "keep"):
        eventually(lambda job=job: read(data, job) >= len(before), 240, f"{job} to read")
    told = ended(model, begin(model, "create-backup", pace=0, records="always"), 240)
    assert told["status"] == "completed", told
    later = write(customer, 1_000_000, 300)
    both = len(before) + len(later)
    for job in ("copy", "keep"):
        eventually(lambda job=job: read(data, job) >= both, 240, f"{job} to read the rest")
    yield before, later


def test_a_rehearsal_is_read_by_a_spark_query_and_leaves_nothing(
    model: jubilant.Juju, data: Path, written: tuple[set[str], set[str]]
) -> None:
    before, _ = written
    uuid = model.show_model().model_uuid
    told = ended(model, begin(model, "dr-drill"), 400)
    print(json.dumps(told, indent=1, default=str))
    assert told["status"] == "completed", told
    shown = json.dumps(told, default=str)
    read_back = re.search(r"a Spark query reads (\d+) records", shown)
    assert read_back and int(read_back[1]) >= len(before)
    # What is told is public: the key has never left Spark's machine.
    assert "PRIVATE KEY" not in shown
    for unit in ("kafka/0", "spark/0"):
        assert not of_unit(unit, uuid, "dataops.scratch=")
    storage = data_of(one_of_unit("kafka/0", uuid, "kafka.Kafka")).parent
    workload = Path(one_of_unit("spark/0", uuid, "deploy.worker.Worker").environ()["SPARK_HOME"])
    assert not (storage / "rehearsal").exists()
    root = next(one for one in workload.parents if one.name == "workload")
    assert root.is_dir() and not (root / "rehearsal").exists()
    assert states(model) == {"copy": "running", "keep": "running"}


def test_jobs_go_on_in_a_kafka_that_is_restored_under_them(
    model: jubilant.Juju,
    customer: pipeline.Credentials,
    data: Path,
    written: tuple[set[str], set[str]],
) -> None:
    before, later = written
    told = ended(model, begin(model, "restore", confirm="kafka"), 400)
    print(json.dumps(told, indent=1, default=str))
    assert told["status"] == "completed", told
    customer = pipeline.credentials(model, "customer")
    there = set(read_all(customer))
    assert before <= there and not there & later, "what was written later is lost, as it should"
    # As many as were lost, at the same offsets: a job that stayed would take them for read.
    fresh = write(customer, 2_000_000, 400)
    for job in ("copy", "keep"):
        eventually(lambda job=job: read(data, job) >= len(there | fresh), 240, f"{job} to go on")
    eventually(lambda: there | fresh <= copied(model), 120, "every copy")
    assert states(model) == {"copy": "running", "keep": "running"}


def states(model: jubilant.Juju) -> dict[str, str]:
    told = model.run("spark/0", "list-jobs", wait=120).results
    return {job: told["jobs"][job]["state"] for job in told["jobs"]}


def test_a_checkpoint_that_was_lost_comes_back_and_its_job_goes_on(
    model: jubilant.Juju, data: Path, written: Any
) -> None:
    for job in ("copy", "keep"):
        model.run("spark/0", "stop-job", {"name": job}, wait=120)
    shutil.rmtree(data / "checkpoints")
    told = model.run("spark/0", "restore", {"confirm": "spark/0"}, wait=240).results
    print(told["summary"])
    since = time.time()
    for job in ("copy", "keep"):
        model.run("spark/0", "start-job", {"name": job}, wait=120)
    customer = pipeline.credentials(model, "customer")
    there = set(read_all(customer))
    for job in ("copy", "keep"):
        eventually(lambda job=job: read(data, job) >= len(there), 240, f"{job} to go on")
        commits = (data / "checkpoints" / job / "commits").iterdir()
        newest = max((one for one in commits if one.name.isdigit()), key=lambda p: int(p.name))
        assert newest.stat().st_mtime > since
    eventually(lambda: there <= copied(model), 120, "every copy")
