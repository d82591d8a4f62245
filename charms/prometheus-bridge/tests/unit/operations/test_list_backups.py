# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from operations.create_backup import VERB as CREATE
from operations.list_backups import VERB


def test_the_backups_of_the_unit(unit):
    unit.write("wal/00000000", b"log")
    made = unit.call(CREATE)
    (listed,) = unit.call(VERB).backups
    assert (listed.id, listed.files) == (made.id, 1)
