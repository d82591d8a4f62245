# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The actions themselves are tested with the charm."""

from desk import damaged
from observed import Observed


def test_a_damaged_journal_is_told_with_the_way_to_the_whole_one():
    observed = Observed(unit="day2/0", model="m", leader=True, damage="line 3 is no record")
    assert "line 3 is no record. Every unit of day2 has a whole copy" in damaged(observed)
