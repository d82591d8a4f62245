# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from builders import a_cluster

from facts import Partition


def test_a_partition_without_a_copy_is_short():
    assert Partition("a", 0, (0, 1), (0,)).short
    assert not Partition("a", 0, (0, 1), (1, 0)).short


def test_a_cluster_is_whole_while_nothing_is_missing():
    assert a_cluster().whole
    assert not a_cluster(fenced=frozenset({2})).whole
    assert not a_cluster(partitions=(Partition("a", 0, (0, 1), (0,)),)).whole
