# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from hypothesis import given
from hypothesis import strategies as st

from cluster_facts import GroupTopic, Partition, Sample, Topic, lags

OFFSETS = st.dictionaries(st.tuples(st.just("t"), st.integers(0, 3)), st.integers(0, 1000))


@given(OFFSETS, OFFSETS, OFFSETS, OFFSETS)
def test_lag_is_never_negative_whatever_the_two_looks_saw(ends, later, committed, recommitted):
    before = Sample(at=0, ends=ends, committed={"g": committed})
    after = Sample(at=5, ends=later, committed={"g": recommitted})
    for topic in lags("Stable", "g", before, after).topics:
        assert min(topic.lag, topic.lag_before, topic.consumed, topic.produced) >= 0


def test_a_group_that_is_new_starts_from_what_is():
    before = Sample(at=0, ends={}, committed={})
    after = Sample(at=5, ends={("t", 0): 10}, committed={"g": {("t", 0): 4, ("gone", 0): 1}})
    (topic,) = lags("Stable", "g", before, after).topics
    assert (topic.topic, topic.lag, topic.lag_before, topic.consumed) == ("t", 6, 6, 0)


def of(lag, produced, seconds=5.0):
    return GroupTopic(
        topic="t", lag=lag, lag_before=0, seconds=seconds, consumed=1, produced=produced
    )


def test_a_lag_within_the_commit_interval_is_no_lag():
    assert of(lag=0, produced=0).keeps_up
    assert of(lag=9_000, produced=5_000).keeps_up
    assert of(lag=9_000, produced=5_000).age == 9
    assert not of(lag=11_000, produced=5_000).keeps_up
    assert not of(lag=1, produced=0).keeps_up


def test_a_topic_is_as_safe_as_its_worst_partition():
    whole = Partition(index=0, leader=1, replicas=(1, 2, 3), in_sync=(1, 2, 3))
    short = Partition(index=1, leader=1, replicas=(1, 2), in_sync=(1,))
    topic = Topic(name="t", partitions=(whole, short))
    assert (topic.replication, topic.short) == (2, 1)
    assert Topic(name="empty").replication == 0
