# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.operations import OperationError
from operations.begin_backup import VERB as BEGIN
from operations.create_backup import VERB as CREATE
from operations.finish_backup import VERB


def test_a_backup_is_whole_when_everybody_did_their_part(world):
    begun = world.call(BEGIN)
    with pytest.raises(OperationError, match=f"run create-backup with id={begun.id}"):
        world.call(VERB, {"id": begun.id})
    world.call(CREATE, {"id": begun.id})
    world.client.leaders["later", 0] = 0
    result = world.call(VERB, {"id": begun.id})
    assert (result.topics, result.partitions, result.groups) == (1, 3, 1)
    assert result.left_out == ("later (created)",)
    assert "Left out: later (created)." in result.summary


def test_an_unknown_backup_is_named(world):
    with pytest.raises(OperationError, match=r"has no backups/nothing/begun\.json"):
        world.call(VERB, {"id": "nothing"})
