# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from operations.create_backup import VERB as CREATE
from operations.prune_backups import VERB


def test_old_ones_go(unit):
    first, _ = unit(CREATE), unit(CREATE)
    assert unit(VERB, {"keep-last": 1, "keep-days": 0}).backups == (first.id,)


def test_a_unit_without_a_store_may_be_passed_over(unit):
    assert "has no place" in unit(VERB, {"if-possible": True}, store=None).summary
