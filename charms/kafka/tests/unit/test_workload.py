# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from broker import Broker
from dataops.host.paths import UnitPaths
from dataops.testing import FakeServices
from workload import Workload


def test_a_cluster_that_does_not_answer_has_no_administrator(tmp_path):
    paths = UnitPaths.beside(tmp_path / "charm")
    broker = Broker(paths, FakeServices(), None, tmp_path, "127.45.200.2")
    workload = Workload(broker, ("127.45.200.2", "127.45.200.3"), None, None, None)
    with workload.administrator() as admin:
        assert admin is None
