# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the authority hands to a post-mortem, and what it keeps to itself."""

import pytest

from dataops.snapshot.collect import Collection
from dataops.snapshot.redact import Redactor, Secret
from dataops.testing import FakeJuju
from observed import Request
from operations.snapshot import VERB, gather
from roots import Roots


@pytest.fixture
def told(tmp_path):
    def prepare(observed):
        juju = FakeJuju("certificates/0", tmp_path / "workload")
        return VERB.prepare(VERB.context(observed, None, {}, juju=juju))

    return prepare


@pytest.fixture
def collection(tmp_path):
    (tmp_path / "place").mkdir()
    return lambda spec: Collection(
        "certificates/0",
        tmp_path / "place",
        Redactor(Secret(each.name, each.value) for each in spec.secrets),
    )


def test_the_roots_key_is_known_and_stays_here(facts, root, told, collection, tmp_path):
    spec = told(facts(roots=Roots(root), issued=(1, 2, 3, 4)))
    assert [each.value for each in spec.secrets] == [root.private_key]
    assert VERB.spec.model_validate(spec.model_dump(mode="json")) == spec
    found = collection(spec)
    assert gather(found, spec).endswith("4 certificates signed")
    assert found.text("leak.txt", lambda: f"oops {root.private_key}")
    written = "".join(p.read_text() for p in (tmp_path / "place").rglob("*") if p.is_file())
    assert root.certificate.strip() in written
    assert root.private_key.splitlines()[1] not in written
    assert not found.findings


def test_what_is_wrong_is_found(facts, root, csr, told, collection):
    spec = told(
        facts(
            roots=Roots(root),
            requests=(Request(1, csr),),
            refused=("x: too wide",),
            unreadable=("w",),
        )
    )
    found = collection(spec)
    gather(found, spec)
    assert [each.title for each in found.findings] == [
        "a request for a certificate was refused",
        "a request for a certificate cannot be read",
        "1 requests for certificates wait for an answer",
    ]


def test_without_a_root(facts, told, collection):
    spec = told(facts())
    assert gather(collection(spec), spec) == "Authority without a root certificate"
    assert spec.expires is None
