# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from builders import a_cluster, observed

from dataops.operations import OperationError
from facts import Partition
from operations.describe_cluster import VERB


def test_nodes_are_named_by_their_units():
    cluster = a_cluster(brokers=frozenset({0, 1}), fenced=frozenset({2}))
    result = VERB.call(observed(cluster=cluster), None, {})
    assert result.brokers == ("kafka/0", "kafka/1") and result.down == ("kafka/2",)
    assert result.controller == "kafka/0" and result.release == "4.3.1"


def test_partitions_are_counted_in_kafkas_terms():
    parts = (Partition("a", 0, (0, 1), (0,), 0), Partition("a", 1, (0, 1), (0, 1), 0))
    results = VERB.call(observed(cluster=a_cluster(partitions=parts)), None, {}).action_results()
    assert results["under-replicated-partitions"] == "1"
    assert results["reassigning-partitions"] == "0"


def test_a_cluster_that_does_not_answer_is_said():
    with pytest.raises(OperationError, match="does not answer"):
        VERB.call(observed(cluster=None), None, {})
