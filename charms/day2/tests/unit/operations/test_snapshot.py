# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Day2's own part."""

import datetime

import pytest

from archive import Archive
from dataops.interfaces.kafka_client import Access
from dataops.snapshot.collect import Collection
from dataops.snapshot.redact import Redactor
from dataops.testing import FakeJuju
from journal import Kind, append
from observed import Observed
from operations.snapshot import VERB, gather

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
ACCESS = Access(topic="day2", endpoints="10.0.0.1:9093", username="relation-3", password="hush")


@pytest.fixture
def spec(tmp_path):
    plan = {"name": "tour", "description": "x", "steps": [{"name": "a", "verb": "look"}]}
    journal = append((), NOON, Kind.REQUESTED, 1, {"plan": plan})
    journal = append(journal, NOON, Kind.FINISHED, 1, {"status": "failed", "message": "no luck"})
    archive = Archive(tmp_path / "data")
    archive.mirror(journal)
    facts = Observed(unit="day2/0", model="m", leader=True, journal=journal, kafka=ACCESS)
    juju = FakeJuju("day2/0", tmp_path / "workload")
    return VERB.prepare(VERB.context(facts, archive, {}, juju=juju))


def test_the_journal_is_in_it_and_in_the_timeline(spec, tmp_path):
    (tmp_path / "place").mkdir()
    collection = Collection("day2/0", tmp_path / "place", Redactor([]))
    assert gather(collection, spec) == "Day 2: 1 operations in the journal"
    assert collection.gaps == []
    assert [log.name for log in collection.logs] == ["logs/operations.log"]
    last = (tmp_path / "place/logs/operations.log").read_text().splitlines()[-1]
    assert last == "2026-11-22T12:00:00+00:00 operation 1 finished failed no luck"


def test_its_passwords_are_known(spec):
    assert [each.value for each in spec.secrets] == ["hush"]
    assert VERB.spec.model_validate(spec.model_dump(mode="json")) == spec
