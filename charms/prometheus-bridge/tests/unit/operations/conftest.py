# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A unit whose samples can be backed up."""

import pytest
from tsdb_world import Unit

from dataops.host import services
from dataops.host.services import Service
from dataops.testing import FakeServices


@pytest.fixture
def unit(tmp_path, promtool, monkeypatch):
    fake = FakeServices()
    fake.ensure(Service(name="prometheus", command=("/usr/bin/prometheus",)))
    fake.start("prometheus")
    monkeypatch.setattr(services, "manager", lambda paths, unit: fake)
    made = Unit(tmp_path, promtool)
    made.services = fake
    return made
