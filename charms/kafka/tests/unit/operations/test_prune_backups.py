# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.operations import OperationError
from operations.begin_backup import VERB as BEGIN
from operations.create_backup import VERB as CREATE
from operations.prune_backups import VERB


def test_old_backups_go_and_the_last_good_one_never(world):
    first, second = world.call(CREATE), world.call(CREATE)
    result = world.call(VERB, {"keep-last": 1, "keep-days": 0})
    assert result.backups == (first.id,)
    assert "Removed 1 backups and" in result.summary
    assert world.shelf.backups() == (second.id,)
    assert world.call(VERB, {"keep-last": 1, "keep-days": 0}).backups == ()


def test_it_says_when_objects_have_to_wait(world):
    world.call(CREATE)
    begun = world.call(BEGIN)
    assert f"because of backup {begun.id}" in world.call(VERB).summary


def test_nobody_can_ask_for_no_backup_to_stay(world):
    with pytest.raises(OperationError, match="keep-last"):
        world.call(VERB, {"keep-last": 0})
