# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the workload says of itself."""

from condition import Condition
from rules import Refusal


def test_each_source_hears_of_its_own_faults_only():
    condition = Condition(
        refusals=(
            Refusal(7, "spark", "rule A", "no"),
            Refusal(8, "kafka", "scrape job j", "bad"),
            Refusal(7, "spark", "rule B", "never"),
        )
    )
    assert condition.reasons() == {7: "rule A: no; rule B: never", 8: "scrape job j: bad"}


def test_nothing_left_out_is_nothing_to_tell():
    assert Condition().reasons() == {}
