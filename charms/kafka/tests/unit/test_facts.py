# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from facts import Partition


def test_a_partition_without_a_copy_is_short():
    assert Partition("a", 0, (0, 1), (0,)).short
    assert not Partition("a", 0, (0, 1), (1, 0)).short
