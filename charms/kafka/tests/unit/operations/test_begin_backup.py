# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.operations import OperationError
from operations.begin_backup import VERB


def test_a_backup_begins_and_gets_a_key(world):
    result = world.call(VERB)
    assert (result.partitions, result.groups) == (3, 2)
    assert world.shelf.backups() == (result.id,)
    assert world.key is not None


def test_no_key_is_made_for_backups_that_cannot_be(world):
    with pytest.raises(OperationError, match="no place for backups"):
        world.call(VERB, facts=world.facts(store=None))
    assert world.key is None


def test_a_partition_without_a_leader_is_named(world):
    world.client.leaders["orders", 1] = -1
    with pytest.raises(OperationError, match="No unit leads orders-1"):
        world.call(VERB)
