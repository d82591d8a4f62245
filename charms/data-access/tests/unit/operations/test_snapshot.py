# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a customer sees of Kafka, for a post-mortem."""

import pytest

from dataops.snapshot.collect import Collection
from dataops.snapshot.redact import Redactor
from dataops.testing import FakeJuju
from operations.snapshot import VERB, gather


@pytest.fixture
def told(tmp_path):
    def prepare(observed):
        juju = FakeJuju("data-access/0", tmp_path / "workload")
        return VERB.prepare(VERB.context(observed, None, {}, juju=juju))

    return prepare


@pytest.fixture
def collection(tmp_path):
    (tmp_path / "place").mkdir()
    return Collection("data-access/0", tmp_path / "place", Redactor([]))


def test_the_password_is_known_and_the_brokers_are_greeted(facts, broker, told, collection):
    gone, there = broker(), broker(tls=True)
    gone.close()
    endpoints = f"{gone.endpoint},{there.endpoint}"
    fields = {"endpoints": endpoints, "tls": True, "tls_ca": there.ca}
    access = facts().access.model_copy(update=fields)
    spec = told(facts(access=access))
    assert [each.value for each in spec.secrets] == [access.password]
    assert gather(collection, spec) == "Access to flights: 1 of 2 brokers answer"
    (finding,) = collection.findings
    assert finding.title == "1 of 2 brokers do not answer a customer"
    assert gone.endpoint in finding.detail
    assert there.endpoint not in finding.detail


def test_no_access_is_a_finding(facts, told, collection):
    spec = told(facts(access=None))
    assert spec.secrets == ()
    assert "has not granted it" in gather(collection, spec)
    assert [each.title for each in collection.findings] == ["no access to topic flights"]
