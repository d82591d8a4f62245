# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import hypothesis
from hypothesis import strategies as st

from dataops.evidence._intervals import Intervals

NUMBERS = st.integers(0, 30)


@hypothesis.given(
    st.lists(st.tuples(st.sampled_from(["add", "discard"]), NUMBERS), max_size=80),
    NUMBERS,
    NUMBERS,
)
def test_it_is_a_set(calls, start, stop):
    intervals, plain = Intervals(), set()
    for name, number in calls:
        if name == "add":
            intervals.add(number)
            plain.add(number)
        else:
            assert intervals.discard(number) == (number in plain)
            plain.discard(number)
    assert {n for a, b in intervals.pairs for n in range(a, b)} == plain
    assert [n in intervals for n in range(32)] == [n in plain for n in range(32)]
    assert intervals.count(start, stop) == sum(start <= n < stop for n in plain)
    assert Intervals(intervals.pairs).pairs == intervals.pairs
    ends = [end for pair in intervals.pairs for end in pair]
    assert ends == sorted(set(ends))  # touching intervals are one


def test_a_long_outage_is_one_pair():
    intervals = Intervals()
    for number in range(100_000):
        intervals.add(number)
    assert intervals.pairs == [(0, 100_000)]
