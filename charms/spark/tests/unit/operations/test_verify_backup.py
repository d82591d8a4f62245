# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.operations import OperationError
from operations.create_backup import VERB as CREATE
from operations.verify_backup import VERB


def test_a_whole_backup_is_read_back(unit):
    made = unit(CREATE)
    found = unit(VERB)
    assert (found.id, found.files, found.bytes) == (made.id, made.files, made.bytes)
    assert "every hash" in found.summary


def test_a_damaged_one_is_named(unit, tmp_path):
    unit(CREATE)
    for path in (tmp_path / "store").glob("*/segments/*/*"):
        path.write_bytes(b"other")
    with pytest.raises(OperationError, match="damaged"):
        unit(VERB)


def test_a_unit_without_a_store_may_be_passed_over(unit):
    assert "has no place" in unit(VERB, {"if-possible": True}, store=None).summary
