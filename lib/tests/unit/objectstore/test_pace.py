# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The limit that several transfers share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataops.objectstore import Pace


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@given(st.lists(st.integers(1, 10_000_000), min_size=2), st.integers(1, 10**9))
def test_never_faster_than_agreed_and_hardly_slower(counts, rate):
    clock = Clock()
    pace = Pace(rate, clock, clock.sleep)
    for count in counts:
        pace.take(count)
    # What was taken last is still on its way.
    assert clock.now == pytest.approx(sum(counts[:-1]) / rate)
    assert pace.total == sum(counts)


def test_rest_is_not_saved_up():
    clock = Clock()
    pace = Pace(100, clock, clock.sleep)
    pace.take(100)
    clock.now = 1000
    pace.take(100)
    pace.take(100)
    assert clock.now == 1001


def test_without_a_limit_it_counts():
    pace = Pace(None)
    pace.take(10**15)
    assert pace.total == 10**15
    assert pace.piece(77) == 77


def test_a_pace_of_nothing_is_refused():
    with pytest.raises(ValueError, match="never ends"):
        Pace(0)
