# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import pytest
from builders import a_cluster, observed

from dataops.operations import OperationError
from facts import Partition
from operations.list_topics import VERB


def test_partitions_are_put_together_by_topic():
    parts = (
        Partition("orders", 0, (0, 1), (0, 1), 0),
        Partition("orders", 1, (1, 2), (1,), 1),
        Partition("a", 0, (0,), (0,), 0),
    )
    result = VERB.call(observed(cluster=a_cluster(partitions=parts)), None, {})
    assert [topic.name for topic in result.topics] == ["a", "orders"]
    _, orders = result.topics
    assert (orders.partitions, orders.replication_factor, orders.in_sync_replicas) == (2, 2, 1)


def test_a_topic_keeps_its_name_in_the_results_of_the_action():
    parts = (Partition("__consumer_offsets", 0, (0,), (0,), 0), Partition("a.B_c", 0, (0,), (0,)))
    results = VERB.call(observed(cluster=a_cluster(partitions=parts)), None, {}).action_results()
    assert [t["name"] for t in json.loads(results["topics"])] == ["__consumer_offsets", "a.B_c"]


def test_a_cluster_that_does_not_answer_is_said():
    with pytest.raises(OperationError, match="does not answer"):
        VERB.call(observed(cluster=None), None, {})
