# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from builders import but, observed

from dataops.host import services
from dataops.host.services import Service
from dataops.operations import Scope
from dataops.testing import FakeServices
from operations.clear_rehearsal import VERB


@pytest.fixture
def kept(monkeypatch):
    """What outlives the rehearsal that began it."""
    fake = FakeServices()
    monkeypatch.setattr(services, "manager", lambda paths, unit: fake)
    return fake


def test_what_a_rehearsal_left_is_removed_once(kept, tmp_path):
    there = but(observed(), storage=tmp_path)
    (tmp_path / "rehearsal" / "unit").mkdir(parents=True)
    (tmp_path / "kafka").mkdir()
    kept.ensure(Service(name="rehearsal", command=("/usr/bin/java",)))
    told = VERB.call(there, None, {})
    assert told.found and told.summary == "kafka/0: what a rehearsal left was removed."
    assert [path.name for path in tmp_path.iterdir()] == ["kafka"] and not kept.defined
    told = VERB.call(there, None, {})
    assert not told.found and told.summary == "kafka/0: no rehearsal left anything."


def test_a_unit_without_storage_has_nothing(kept):
    assert not VERB.call(but(observed(), storage=None), None, {}).found


def test_every_unit_looks():
    """Who was the leader when the rehearsal began need not be it any more."""
    assert VERB.scope is Scope.UNIT
