# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from dataops.rotation import Rotation
from dataops.testing import FakeServices
from installation import Installation
from workload import Workload


def test_a_verb_can_ask_for_a_new_secret(unit_paths, charm_dir):
    asked = []
    installation = Installation(unit_paths.root / "spark", charm_dir)
    spark = Workload(asked.append, None, unit_paths, FakeServices(), installation)
    spark.agree(Rotation("7/rotate/1"))
    assert asked == [Rotation("7/rotate/1")]
