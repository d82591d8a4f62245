# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

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
    assert list(result.topics) == ["a", "orders"]
    orders = result.topics["orders"]
    assert (orders.partitions, orders.copies, orders.in_sync) == (2, 2, 1)


def test_a_cluster_that_does_not_answer_is_said():
    with pytest.raises(OperationError, match="does not answer"):
        VERB.call(observed(cluster=None), None, {})
