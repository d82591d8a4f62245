# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the store hands to a post-mortem, and what it keeps to itself."""

import pytest
from samples import tls

from dataops.objectstore import Target, open_store
from dataops.snapshot.collect import Collection
from dataops.snapshot.redact import Redactor, Secret
from dataops.testing import FakeJuju
from keyring import Keyring
from operations.snapshot import VERB, gather


@pytest.fixture
def told(tmp_path):
    def prepare(observed):
        juju = FakeJuju("object-storage/0", tmp_path / "workload")
        return VERB.prepare(VERB.context(observed, None, {}, juju=juju))

    return prepare


@pytest.fixture
def collection(tmp_path):
    (tmp_path / "place").mkdir()
    return lambda spec: Collection(
        "object-storage/0",
        tmp_path / "place",
        Redactor(Secret(each.name, each.value) for each in spec.secrets),
    )


def written(tmp_path):
    return "".join(p.read_text() for p in (tmp_path / "place").rglob("*") if p.is_file())


def test_every_key_is_known_and_stays_here(facts, request_of, told, collection, tmp_path):
    spec = told(facts(tls=tls(), requests=(request_of(),), refusals=("odd",)))
    assert {"admin-secret", "seven-secret"} < {each.value for each in spec.secrets}
    ticket = spec.model_dump(mode="json", context={"revealed": True})
    assert VERB.spec.model_validate(ticket) == spec
    # What kind of store it is does not matter to who counts what is in it.
    (tmp_path / "objects").mkdir()
    local = Target(kind="local", directory=str(tmp_path / "objects"))
    open_store(local).put("a", b"1234")
    spec = spec.model_copy(update={"store": local})
    found = collection(spec)
    assert gather(found, spec) == "Object store: 1 buckets, 1 applications"
    assert found.text("leak.txt", lambda: "oops admin-secret seven-secret")
    text = written(tmp_path)
    assert '"bytes": 4' in text and "admin-secret" not in text and "seven-secret" not in text
    assert [each.title for each in found.findings] == ["a bucket was refused"]


def test_a_store_that_does_not_answer_is_a_finding(facts, told, collection, tmp_path):
    gone = Target(kind="local", directory=str(tmp_path / "nowhere"))
    spec = told(facts()).model_copy(update={"store": gone})
    found = collection(spec)
    assert "do not answer" in gather(found, spec)
    assert found.findings[0].severity == "critical"


def test_a_store_without_keys_is_a_finding(facts, told, collection):
    spec = told(facts(keyring=Keyring()))
    found = collection(spec)
    assert gather(found, spec) == "Object store without keys"
    assert found.findings
