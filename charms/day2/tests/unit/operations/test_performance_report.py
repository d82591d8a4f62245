# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import dataclasses
import hashlib
import json
from pathlib import Path

import pytest
from fakes import FakeAdmin, mock_cluster, prometheus
from world import World, plan

import cluster_admin
from answers import answered
from archive import Archive
from dataops.interfaces.kafka_client import Access
from dataops.interfaces.operations import Outcome, Status
from dataops.interfaces.prometheus_api import QueryServer
from dataops.operations import Context, OperationError
from observed import Observed
from operations.performance_report import VERB, Looked
from report.performance import gather
from report.performance.gathering import Gathering
from report.performance.load import LoadSpec

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


@pytest.fixture
def mock(monkeypatch):
    """A cluster of the client library's own, which speaks the protocol; it makes any topic."""
    with mock_cluster() as address:
        monkeypatch.setattr(gather, "OwnTopic", lambda *_: contextlib.nullcontext())
        monkeypatch.setattr(gather, "settings", lambda _: {"bootstrap.servers": address})
        monkeypatch.setattr(gather, "LoadSpec", lambda: LIGHT)
        yield


LIGHT = LoadSpec(burst_records=200, steady_rate=200, steady_seconds=0.2)
CLIENT = ACCESS.model_copy(update={"topic": "day2-performance", "username": "load"})


def part(made):
    """The measurements as the job left them."""
    data = Path(made.section.json_file).read_bytes()
    assert made.section.sha256 == hashlib.sha256(data).hexdigest()
    return data, Path(made.section.html).read_text()


def test_a_report_of_what_was_measured(admin, mock, tmp_path):
    said = []
    with prometheus(answers) as url:
        server = QueryServer.model_validate({"direct_url": url})
        observed = dataclasses.replace(ALONE, kafka=ACCESS, load=CLIENT, prometheus=server)
        params = {"window": "5m", "rounds": 5}
        made = VERB.call(observed, Archive(tmp_path).at(3), params, said.append)
    assert "1 broker took in 5 MB/s" in made.summary
    assert "The fixed load was written at" in made.summary
    assert "bytes-out" in made.absent
    assert admin.closed
    data, page = part(made)
    measured = json.loads(data)
    assert measured["facts"]["cluster"]["topics"][0]["name"] == "events"
    assert len(measured["facts"]["load"]["rounds"]["write"]) == 5
    assert made.measured.rounds["write"][0] > 0
    assert "Written to each broker" in page
    assert "What this report could not see" in page
    assert SECRET not in page + data.decode()
    assert said[0].startswith("Load:")


def test_a_later_report_is_compared_with_the_one_before(admin, mock, tmp_path):
    world = World({}, verbs=("look",))
    archive, params = Archive(tmp_path).at(3), {"rounds": 5}
    observed = dataclasses.replace(ALONE, kafka=ACCESS, load=CLIENT)
    first = VERB.call(observed, archive, params)
    world.verbs = ("performance-report",)
    number = world.request(plan({"applications": "self", "verb": "performance-report"}))
    world.drive(until=1)
    results = first.model_dump(mode="json", by_alias=True)
    done = Outcome(task=f"{number}/step1/1", status=Status.COMPLETED, results=results)
    world.note(answered(number, "day2", done))
    second = VERB.call(dataclasses.replace(observed, journal=world.journal), archive, params)
    assert f"report #{number}" in second.summary
    assert "noise" in second.summary


def test_one_source_is_enough_and_the_other_is_a_gap(admin, tmp_path):
    observed = dataclasses.replace(ALONE, kafka=ACCESS)
    data, page = part(VERB.call(observed, Archive(tmp_path).at(3), {}))
    assert "Prometheus has not given its address" in page
    assert "Consumer groups" in page
    assert "not granted access for a load" in json.loads(data)["facts"]["load_gap"]


def test_the_load_can_be_left_out(admin, tmp_path):
    observed = dataclasses.replace(ALONE, kafka=ACCESS, load=CLIENT)
    made = VERB.call(observed, Archive(tmp_path).at(3), {"rounds": 0})
    assert made.measured is None
    assert "The load was left out" in part(made)[1]


def test_what_the_job_is_told_survives_the_file_that_it_lies_in(tmp_path):
    server = QueryServer.model_validate({"direct_url": "http://p:9090", "ca": "PEM"})
    observed = dataclasses.replace(ALONE, kafka=ACCESS, load=CLIENT, prometheus=server)
    spec = VERB.prepare(Context(observed, Archive(tmp_path).at(3), Looked()))
    assert (spec.operation, spec.archive.operation, spec.rounds) == (3, 3, 7)
    assert Gathering.model_validate(json.loads(spec.model_dump_json())) == spec
    assert SECRET not in repr(spec)


def test_nothing_at_all_is_an_error_that_says_both_reasons(tmp_path):
    with pytest.raises(OperationError, match=r"not granted access.*not given its address"):
        VERB.call(ALONE, Archive(tmp_path).at(3), {})


@pytest.mark.parametrize(
    "params, word", [({"window": "a while"}, "15m"), ({"rounds": 3}, "5 to 100"),
                     ({"rounds": 101}, "5 to 100")]
)  # fmt: skip
def test_what_cannot_be_measured_is_refused(tmp_path, params, word):
    with pytest.raises(OperationError, match=word):
        VERB.call(ALONE, Archive(tmp_path), params)
