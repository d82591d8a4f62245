# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.backup.sealed import Key
from dataops.operations import OperationError
from operations.export_backup_key import VERB


def test_it_says_where_the_key_is_and_never_the_key(world):
    world.key = Key.new()
    result = VERB.call(world.facts(), world.workload, {})
    assert result.id == world.key.id
    assert result.export == "juju show-secret secret:abc --reveal"
    assert "juju config kafka backup-key=URI" in result.use
    assert world.key.text not in str(result.action_results())


def test_before_the_first_backup_there_is_none(world):
    with pytest.raises(OperationError, match="the first create-backup makes it"):
        VERB.call(world.facts(), world.workload, {})
