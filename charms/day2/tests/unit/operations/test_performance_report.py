# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
from fakes import FakeAdmin, prometheus

import cluster_admin
from archive import Archive
from dataops.interfaces.kafka_client import Access
from dataops.interfaces.prometheus_api import QueryServer
from dataops.operations import OperationError
from observed import Observed
from operations.performance_report import VERB
from report.performance import gather

SECRET = "hush-hush"
ACCESS = Access(topic="day2", endpoints="a:9093", username="u", password=SECRET)
ALONE = Observed(unit="day2/0", model="pipeline", leader=True)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(gather, "_LAG_INTERVAL_S", 0)


@pytest.fixture
def admin(monkeypatch):
    found = FakeAdmin()
    found.commit("readers", "events", 0, 90)
    monkeypatch.setattr(cluster_admin, "KafkaAdminClient", lambda **_: found)
    return found


def answers(path, query):
    """One broker that takes in 5 MB/s; everything else has no series."""
    if path != "query_range":
        return {"alerts": [], "activeTargets": []}
    if 'bytesin_total{topic=""}' not in query["query"]:
        return {"result": []}
    start, end, step = (float(query[key]) for key in ("start", "end", "step"))
    values = [[start + i * step, "5e6"] for i in range(int((end - start) / step))]
    return {"result": [{"metric": {"juju_unit": "kafka/0"}, "values": values}]}


def test_a_report_of_what_was_measured(admin, tmp_path):
    said = []
    with prometheus(answers) as url:
        server = QueryServer.model_validate({"direct_url": url})
        observed = dataclasses.replace(ALONE, kafka=ACCESS, prometheus=server)
        made = VERB.call(observed, Archive(tmp_path).at(3), {"window": "5m"}, said.append)
    assert "1 broker took in 5 MB/s" in made.summary
    assert "bytes-out" in made.absent
    assert admin.closed
    data = Path(made.json_file).read_bytes()
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    facts = json.loads(data)
    assert facts["cluster"]["topics"][0]["name"] == "events"
    page = Path(made.html).read_text()
    assert "Written to each broker" in page
    assert "What this report could not see" in page
    assert SECRET not in page + data.decode()
    assert said[0].startswith("Kafka:")


def test_one_source_is_enough_and_the_other_is_a_gap(admin, tmp_path):
    observed = dataclasses.replace(ALONE, kafka=ACCESS)
    made = VERB.call(observed, Archive(tmp_path).at(3), {})
    page = Path(made.html).read_text()
    assert "Prometheus has not given its address" in page
    assert "Consumer groups" in page


def test_nothing_at_all_is_an_error_that_says_both_reasons(tmp_path):
    with pytest.raises(OperationError, match=r"not granted access.*not given its address"):
        VERB.call(ALONE, Archive(tmp_path).at(3), {})


def test_a_window_that_is_no_span_of_time_is_refused(tmp_path):
    with pytest.raises(OperationError, match="15m"):
        VERB.call(ALONE, Archive(tmp_path), {"window": "a while"})
