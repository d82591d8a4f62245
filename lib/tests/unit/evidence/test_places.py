# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import hypothesis
from hypothesis import strategies as st

from dataops.evidence._places import Places


@hypothesis.given(
    st.lists(st.tuples(st.integers(0, 9), st.tuples(st.integers(1, 2), st.integers(0, 4))))
)
def test_it_remembers_what_was_read_where(reads):
    places, plain = Places(), {}
    for offset, record in reads:
        assert places.read(0, offset, record) == (plain.get(offset) == record)
        plain[offset] = record
        places = Places(json.loads(json.dumps(places.dump())))
    for record in {record for _, record in reads}:
        assert places.of(0, record) == sorted(o for o, found in plain.items() if found == record)
        for offset in range(10):
            later = [o for o, (lane, n) in plain.items() if lane == record[0] and n > record[1]]
            assert places.overtaken(0, offset, record) == any(o < offset for o in later)


def test_it_forgets_the_oldest_and_takes_a_consumer_that_far_back_for_one():
    places = Places(most=10)
    for offset in range(10_000):
        assert not places.read(0, offset, (1, offset))
    assert len(places.dump()[0][2]) == 10
    assert places.read(0, 3, (1, 3))
    assert places.read(0, 9_995, (1, 9_995))
    # There again, at another place.
    assert not places.read(0, 10_000, (1, 9_999))
    assert places.of(0, (1, 9_999)) == [9_999, 10_000]


def test_partitions_are_apart():
    places = Places()
    assert not places.read(0, 5, (1, 5))
    assert not places.read(1, 5, (1, 5))
    assert places.read(0, 5, (1, 5))
    assert places.of(2, (1, 5)) == []
