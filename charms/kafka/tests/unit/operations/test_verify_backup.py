# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.backup.sealed import Key
from dataops.operations import OperationError
from operations.create_backup import VERB as CREATE
from operations.verify_backup import VERB


def test_the_newest_is_read_whole(world):
    world.call(CREATE)
    newest = world.call(CREATE)
    result = world.call(VERB, {"records": True})
    assert (result.id, result.partitions) == (newest.id, 3)
    assert result.bytes == newest.bytes
    assert set(result.digests) == {"__consumer_offsets-0", "orders-0", "orders-1"}


def test_a_flipped_bit_makes_it_fail_and_is_named(world):
    made = world.call(CREATE)
    where = world.root / "store" / world.shelf.cluster / "segments"
    path = next(one for one in where.rglob("*") if one.is_file() and len(one.name) in (64, 68))
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(OperationError, match=f"Backup {made.id} is damaged in .* orders-"):
        world.call(VERB)


def test_the_wrong_key_is_named(world):
    made = world.call(CREATE)
    right, world.key = world.key, Key.new()
    with pytest.raises(OperationError, match=f"sealed with key {right.id}, and this is key"):
        world.call(VERB, {"id": made.id})


def test_there_may_be_nothing_to_verify(world):
    with pytest.raises(OperationError, match="has no good backup yet"):
        world.call(VERB)
    with pytest.raises(OperationError, match=r"has no backups/none/manifest\.json"):
        world.call(VERB, {"id": "none"})
