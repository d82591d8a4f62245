# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What an hour of Prometheus tells a post-mortem."""

import dataclasses
import json

import pytest
import yaml
from factory import CERTIFICATE, HASH, observed, source

import operations.snapshot as module
from api import Api
from dataops.certificates import TlsState
from dataops.snapshot.collect import Collection
from dataops.snapshot.redact import Redactor
from dataops.testing import FakeJuju
from errors import ApiError
from operations.snapshot import RANGES, VERB, gather

KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49\n-----END PRIVATE KEY-----\n"
FIRING = {
    "state": "firing",
    "labels": {"alertname": "BrokerDown", "severity": "critical", "juju_unit": "kafka/2"},
    "annotations": {"summary": "kafka/2 is down"},
    "activeAt": "2026-11-22T18:43:13.123456789Z",
}
DOWN = {"health": "down", "scrapeUrl": "http://10.0.0.3:9101/metrics", "lastError": "refused"}


class Bridge:
    """The workload, as far as the hook asks it."""

    def condition(self, url, data, user):
        from condition import Condition

        return Condition(version="2.42.0")

    def api(self, url, user):
        return Api(url, user=user)


class FakeApi:
    """A Prometheus with one alert and one target down; it must be asked for an hour."""

    def alerts(self):
        return [FIRING, {**FIRING, "state": "pending"}]

    def targets(self):
        return [DOWN, {**DOWN, "health": "up"}]

    def rules(self):
        return []

    def status(self, what):
        return {"what": what}

    def query_range(self, expression, start, end, step):
        assert float(end) - float(start) == 3600
        return {"resultType": "matrix", "result": []}


@pytest.fixture
def told(tmp_path):
    def prepare(**changes):
        juju = FakeJuju("prometheus/0", tmp_path / "workload")
        return VERB.prepare(VERB.context(observed(tmp_path, **changes), Bridge(), {}, juju=juju))

    return prepare


@pytest.fixture
def collection(tmp_path):
    (tmp_path / "place").mkdir()
    return Collection("prometheus/0", tmp_path / "place", Redactor([]))


def test_every_secret_of_its_configuration_is_known(told):

    from observed import Config

    spec = told(
        tls=TlsState(wanted=True, kept=dataclasses.replace(CERTIFICATE, key=KEY)),
        sources=(source(basic_auth={"username": "u", "password": "scrape-me"}),),
        config=Config(remote_write_url="https://me:push-it@10.1.2.3/push"),
    )
    assert {each.value for each in spec.secrets} == {
        *(KEY.strip(), "scrape-me", "push-it", "hush", HASH),
    }
    assert spec.user == "prometheus"
    assert VERB.spec.model_validate(spec.model_dump(mode="json")) == spec


def test_alerts_and_targets_are_findings(told, collection, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "Api", lambda *_: FakeApi())
    assert gather(collection, told()) == "Prometheus 2.42.0: 1 alerts fire, 1 of 2 targets up"
    alert, target = collection.findings
    assert (alert.severity, alert.title) == ("critical", "alert BrokerDown fires for kafka/2")
    assert (alert.detail, f"{alert.at:%H:%M:%S}") == ("kafka/2 is down", "18:43:13")
    assert target.detail == "http://10.0.0.3:9101/metrics (refused)"
    assert collection.gaps == []
    up = json.loads((tmp_path / "place" / "prometheus" / "ranges" / "up.json").read_text())
    assert up["expression"] == "up"


def test_one_that_does_not_answer_is_a_finding(told, collection, monkeypatch):
    class Silent(FakeApi):
        def alerts(self):
            raise ApiError("Cannot reach Prometheus")

    monkeypatch.setattr(module, "Api", lambda *_: Silent())
    assert gather(collection, told()) == "Prometheus 2.42.0 does not answer"
    assert collection.findings[0].title == "Prometheus does not answer"


def test_the_ranges_are_expressions_by_name():
    ranges = yaml.safe_load(RANGES.read_text())
    assert {"alerts", "up", "partitions", "job-lag"} <= set(ranges)
    assert all(isinstance(expression, str) for expression in ranges.values())
    assert all("\n" not in expression for expression in ranges.values())
