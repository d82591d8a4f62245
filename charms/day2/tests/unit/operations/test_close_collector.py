# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What it closes is shown with what opens it: `test_open_collector.py`."""

from dataops.operations import Scope
from operations.close_collector import VERB


def test_every_unit_closes_its_own_for_the_leader_may_have_changed():
    assert VERB.scope is Scope.UNIT
