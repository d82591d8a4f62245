# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.operations import OperationError
from operations.create_backup import VERB


def test_what_is_written_once_is_sent_once(unit):
    unit.write("wal/00000000", b"log")
    unit.write("01HZZZZZZZZZZZZZZZZZZZZZZZ/chunks/000001", bytes(2 << 20))
    first, second = unit.call(VERB), unit.call(VERB)
    assert first.place == "prometheus-0-12345678"
    assert (first.files, second.files) == (2, 2)
    assert first.new_bytes > second.new_bytes == 0


def test_without_a_store_it_says_how_to_get_one(unit):
    with pytest.raises(OperationError, match="backup-directory"):
        unit.call(VERB, store=None)


def test_a_plan_may_pass_over_who_has_no_store(unit):
    assert "has no place" in unit.call(VERB, {"if-possible": True}, store=None).summary
