# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from operations.create_backup import VERB as CREATE
from operations.list_backups import VERB


def test_every_backup_of_the_unit_with_its_files(unit):
    made = unit(CREATE)
    found = unit(VERB)
    (listed,) = found.backups
    assert (listed.id, listed.files, listed.state) == (made.id, made.files, "good")
    assert found.place == made.place
    assert "files" in found.table.splitlines()[1].split()


def test_a_unit_without_a_store_may_be_passed_over(unit):
    assert "has no place" in unit(VERB, {"if-possible": True}, store=None).table
