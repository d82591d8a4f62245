# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json
import math

import hypothesis
import pytest
from hypothesis import strategies as st

from dataops.evidence._tally import Tally, percentiles


@hypothesis.given(st.lists(st.floats(0.01, 1e6), min_size=1), st.floats(0.01, 1))
def test_percentiles_are_right_within_two_percent(times, share):
    tally = Tally()
    for time in times:
        tally.took(time)
    exact = sorted(times)[math.ceil(len(times) * share) - 1]
    found = percentiles(tally.latencies, share, 0.5, 1)
    assert found[0] == pytest.approx(exact, rel=0.02, abs=0.001)
    assert found[2] == pytest.approx(max(times), rel=0.02, abs=0.001)


def test_nothing_has_no_percentile():
    assert percentiles({}, 0.5, 0.99) == (None, None)


def test_json_and_back():
    tally = Tally(sent=3, gap_ms=1.5)
    tally.took(12)
    tally.reasons["x"] += 2
    assert Tally.load(json.loads(json.dumps(tally.dump()))) == tally
