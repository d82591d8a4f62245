# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The story of the README: the bundle carries real events, through every fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jubilant
import psutil
import pytest
import requests
from confluent_kafka import KafkaException, Producer

from tests.integration import leaks, whole_bundle
from tests.integration.clients import Writer
from tests.integration.operations import begin, ended
from tests.integration.processes import eventually, kill, of_unit, one_of_unit
from tools.demo import feed, flights, pipeline, results

# January: 27,004 flights, enough for several triggers of the job.
JANUARY = "2013-02-01T05:00:00Z"


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """The bundle, deployed and settled, with one customer more."""
    return whole_bundle.deploy(juju)


@pytest.fixture(scope="module")
def uuid(model: jubilant.Juju) -> str:
    return model.show_model().model_uuid


@pytest.fixture(scope="module")
def customer(model: jubilant.Juju) -> pipeline.Credentials:
    return whole_bundle.customer(model)


@pytest.fixture
def writer(customer: pipeline.Credentials) -> Iterator[Writer]:
    """A customer who writes through the test, and finds every acknowledged record afterwards."""
    with whole_bundle.writing(customer) as writing:
        yield writing


def settled(model: jubilant.Juju, *apps: str, timeout: float = 300) -> None:
    """Wait until the applications are active and have nothing left to do."""
    model.wait(
        lambda s: jubilant.all_active(s, *apps) and jubilant.all_agents_idle(s, *apps),
        timeout=timeout,
        delay=1,
    )


def figures(model: jubilant.Juju) -> dict[str, int]:
    """The number of units of each application."""
    return {name: len(app.units) for name, app in model.status().apps.items()}


def test_the_bundle_is_whole(model: jubilant.Juju) -> None:
    assert figures(model) == {
        "certificates": 1,
        "customer": 1,
        "data-access": 1,
        "day2": 1,
        "kafka": 3,
        "prometheus": 1,
        "results": 1,
        "spark": 1,
    }


def test_real_events_flow_and_every_figure_agrees(model: jubilant.Juju) -> None:
    frame = flights.load()
    frame = frame[frame["event_time"] < JANUARY].reset_index(drop=True)
    expected = flights.hourly(frame)
    source = pipeline.credentials(model, "data-access")
    count = feed.partitions(source)
    sent = feed.feed(source, frame, feed.lengths(source, count), lambda _: None)
    assert sent == len(frame) + count
    sink = pipeline.credentials(model, "results")
    found, records, _ = results.read(sink, len(expected), 240, lambda _: None)
    verdict = results.compare(found, expected, records)
    assert verdict.agrees, verdict


def test_feeding_again_sends_nothing(model: jubilant.Juju) -> None:
    frame = flights.load()
    frame = frame[frame["event_time"] < JANUARY].reset_index(drop=True)
    source = pipeline.credentials(model, "data-access")
    present = feed.lengths(source, feed.partitions(source))
    assert feed.feed(source, frame, present, lambda _: None) == 0


def test_a_customer_may_not_touch_what_is_not_his(
    model: jubilant.Juju, customer: pipeline.Credentials
) -> None:
    errors: list[str] = []
    producer = Producer({**customer.client(), "delivery.timeout.ms": 10_000})
    producer.produce("flights", b"x", on_delivery=lambda e, _: errors.append(str(e)))
    producer.flush(20)
    assert errors and "TOPIC_AUTHORIZATION_FAILED" in errors[0].upper().replace(" ", "_"), errors


def test_a_wrong_password_is_refused(customer: pipeline.Credentials) -> None:
    failures: list[str] = []
    settings = {
        **customer.client(),
        "sasl.password": "wrong",
        "error_cb": lambda e: failures.append(str(e)),
    }
    producer = Producer(settings)
    with pytest.raises(KafkaException):
        producer.list_topics(timeout=5)
    producer.poll(5)
    assert any("Authentication failed" in f for f in failures), failures


def test_sigkill_of_a_broker(model: jubilant.Juju, uuid: str, writer: Writer) -> None:
    before = one_of_unit("kafka/1", uuid, "kafka.Kafka")
    kill(before)
    writer.progress(200)
    after = eventually(lambda: one_of_unit("kafka/1", uuid, "kafka.Kafka"), 120, "a new broker")
    assert after.pid != before.pid
    writer.progress(200)
    eventually(lambda: under_replicated(model) == 0, 180, "every replica in sync")


def under_replicated(model: jubilant.Juju) -> int:
    """Partitions with a replica out of sync, as the cluster itself says."""
    described = model.run("kafka/leader", "describe-cluster").results
    return int(described["under-replicated-partitions"])


@pytest.mark.parametrize(
    ("unit", "marker"),
    [
        ("spark/0", "job_runner"),
        ("spark/0", "deploy.worker.Worker"),
        ("spark/0", "deploy.master.Master"),
        ("prometheus/0", "--config.file"),
    ],
)
def test_sigkill_of_a_workload_process(
    model: jubilant.Juju, uuid: str, writer: Writer, unit: str, marker: str
) -> None:
    before = one_of_unit(unit, uuid, marker)
    kill(before)
    after = eventually(lambda: one_of_unit(unit, uuid, marker), 120, f"a new {marker}")
    assert after.pid != before.pid
    writer.progress(50)


def test_the_job_runs_on_after_the_faults(model: jubilant.Juju) -> None:
    def running() -> bool:
        # A new master knows no application until the job's driver has started anew.
        master = f"{pipeline.addresses(model)['Spark master']}/json/"
        known = requests.get(master, timeout=10).json()["activeapps"]
        jobs = json.dumps(model.run("spark/0", "list-jobs").results)
        return any(app["state"] == "RUNNING" for app in known) and "running" in jobs

    eventually(running, 240, "the streaming job runs")


def test_sigkill_of_the_engine(
    model: jubilant.Juju, uuid: str, writer: Writer, engine: Path
) -> None:
    def brokers() -> set[int]:
        return {one_of_unit(f"kafka/{n}", uuid, "kafka.Kafka").pid for n in range(3)}

    before = brokers()
    daemon = psutil.Process(int((engine / "daemon.pid").read_text()))
    kill(daemon)
    writer.progress(100)
    # The next command starts the engine again; it finds the model as it was.
    settled(model)
    assert int((engine / "daemon.pid").read_text()) != daemon.pid
    assert brokers() == before


def test_a_bad_job_is_named_by_its_line_and_disturbs_nothing(
    model: jubilant.Juju, uuid: str, writer: Writer
) -> None:
    good = str(model.config("spark")["jobs"])
    driver = one_of_unit("spark/0", uuid, "job_runner").pid
    lines = good.count("\n")
    model.config("spark", {"jobs": good + "\n- name: broken\n  colour: blue\n"})
    model.wait(lambda s: jubilant.all_blocked(s, "spark"), timeout=60, delay=1)
    message = next(iter(model.status().apps["spark"].units.values())).workload_status.message
    assert "line" in message and any(str(n) in message for n in range(lines, lines + 5)), message
    assert one_of_unit("spark/0", uuid, "job_runner").pid == driver
    model.config("spark", {"jobs": good})
    settled(model, "spark")
    assert one_of_unit("spark/0", uuid, "job_runner").pid == driver


def test_prometheus_sees_every_unit(model: jubilant.Juju) -> None:
    address, login = pipeline.prometheus(model)
    page = f"{address}/api/v1/query"
    assert requests.get(page, {"query": "up"}, timeout=10).status_code == 401

    def up() -> set[str]:
        asked = requests.get(page, {"query": "up == 1"}, auth=login, timeout=10)
        answer = asked.json()
        return {r["metric"].get("juju_unit", "") for r in answer["data"]["result"]}

    expected = {"kafka/0", "kafka/1", "kafka/2", "spark/0"}
    eventually(lambda: expected <= up(), 120, "every unit is scraped")


def test_no_secret_lies_where_it_should_not(model: jubilant.Juju, engine: Path | None) -> None:
    """No file, log, databag, argument list or environment; what must hold one is on a list."""
    if engine is None:
        pytest.skip("the machines of another engine are not at hand")
    assert leaks.leaks(model, engine) == []
    # The search finds what there is to find.
    _, told = pipeline.prometheus(model)
    planted = engine / "planted.log"
    planted.write_text(f"asked as {told[0]} with {told[1]}")
    try:
        found = leaks.leaks(model, engine)
        assert found and all("planted.log" in leak.place for leak in found), found
        assert told[1] not in str(found)
    finally:
        planted.unlink()


def test_monitoring_is_one_more_building_block(model: jubilant.Juju) -> None:
    model.remove_relation("kafka:monitoring", "prometheus")
    eventually(
        lambda: "monitoring" not in model.status().apps["kafka"].relations, 60, "no relation"
    )
    model.cli("integrate", "kafka:monitoring", "prometheus")
    settled(model, "kafka", "prometheus")
    assert "monitoring" in model.status().apps["kafka"].relations


def operation(model: jubilant.Juju, name: str, patience: float = 120) -> dict[str, Any]:
    """One operation from its start to its end, as `show-operation` tells it."""
    return ended(model, begin(model, name), patience)


def test_health_check_asks_every_application(model: jubilant.Juju) -> None:
    # What the faults before have left behind may still show for a moment.
    shown = eventually(
        lambda: (found := operation(model, "health-check"))["status"] == "completed" and found,
        300,
        "all well",
    )
    answers = json.dumps(shown)
    for unit in ("certificates-0", "data-access-0", "kafka-2", "prometheus-0", "spark-0"):
        assert unit in answers


def test_performance_report_is_one_page(model: jubilant.Juju, tmp_path: Path) -> None:
    done = operation(model, "performance-report", patience=400)
    assert done["status"] == "completed", done
    number = {"id": int(done["operation"])}
    files = eventually(
        lambda: model.run("day2/leader", "get-report", number).results, 60, "the report is written"
    )
    model.scp(f"{files['unit']}:{files['html']}", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text()
    assert "<svg" in page and "http://" not in page.split("<body", 1)[0]
    assert model.run("day2/leader", "verify-report", number).status == "completed"


def test_scale_out_and_in_under_load(model: jubilant.Juju, uuid: str, writer: Writer) -> None:
    model.add_unit("kafka")
    model.wait(lambda s: len(s.apps["kafka"].units) == 4, timeout=60)
    settled(model, "kafka", timeout=400)
    writer.progress(100)
    assert of_unit("kafka/3", uuid, "kafka.Kafka")
    model.remove_unit("kafka/3")
    model.wait(lambda s: len(s.apps["kafka"].units) == 3, timeout=400, delay=1)
    settled(model, "kafka", timeout=300)
    writer.progress(100)
    assert not of_unit("kafka/3", uuid, "kafka.Kafka")
    assert under_replicated(model) == 0


def test_a_customer_who_leaves_is_forgotten(
    model: jubilant.Juju, customer: pipeline.Credentials
) -> None:
    model.remove_relation("customer:kafka", "kafka:kafka-client")

    def refused() -> bool:
        try:
            Producer(customer.client()).list_topics(timeout=5)
        except KafkaException:
            return True
        return False

    eventually(refused, 120, "the old credentials are refused")
    settled(model, "kafka")
