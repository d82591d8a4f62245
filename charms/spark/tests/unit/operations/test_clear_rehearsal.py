# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.host import services
from dataops.operations import Scope
from operations import query_restored
from operations.clear_rehearsal import VERB


@pytest.fixture(autouse=True)
def own_services(monkeypatch, fake_services):
    """Those of the unit."""
    monkeypatch.setattr(services, "manager", lambda paths, unit: fake_services)


def test_the_key_is_removed_once(unit, spark):
    (spark.installation.python_path / "pyspark-4.0.1.dist-info").mkdir(parents=True)
    unit(query_restored.VERB, {"mode": "key"})
    key = spark.paths.root / "rehearsal" / "key.pem"
    assert key.exists()
    told = unit(VERB)
    assert told.found and told.summary == "spark/0: what a rehearsal left was removed."
    assert not key.parent.exists() and spark.installation.python_path.exists()
    assert not unit(VERB).found


def test_every_unit_looks():
    """Who was the leader when the key was made need not be it any more."""
    assert VERB.scope is Scope.UNIT
