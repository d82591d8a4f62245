# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import time

import pytest

from dataops.operations import OperationError
from dataops.testing import eventually
from operations.create_backup import VERB as CREATE
from operations.restore import VERB
from operations.verify_backup import VERB as VERIFY


def test_every_sample_before_the_backup_comes_back(unit):
    with unit.prometheus():
        eventually(lambda: unit.logged() >= 40_000, patience=120)
        began = time.time() * 1000
        made = unit.call(CREATE)
        then = unit.logged()
        eventually(lambda: unit.logged() > then, patience=120)
    live = unit.dump()
    assert "every hash" in unit.call(VERIFY).summary
    restored = unit.call(VERB, {"confirm": "prometheus/0"})
    assert restored.id == made.id
    assert unit.services.journal[-2:] == [("stop", "prometheus"), ("restart", "prometheus")]
    back = unit.dump()
    (aside,) = unit.data.glob("replaced-*")
    assert unit.dump(aside.name) == live
    assert back < live
    # A scrape that was under way at the cut may be in it or not.
    assert {line for line in live if int(line.rpartition(" ")[2]) < began - 1000} <= back
    assert any("sold_total" in line for line in back)


def test_it_has_to_be_meant(unit):
    with pytest.raises(OperationError, match="confirm=prometheus/0"):
        unit.call(VERB, {"confirm": "yes"})


def test_another_unit_restores_by_the_place(unit):
    unit.write("wal/00000000", b"log")
    made = unit.call(CREATE)
    unit.write("wal/00000000", b"later")
    assert unit.call(VERB, {"confirm": "prometheus/0", "place": made.place}).id == made.id
    assert (unit.data / "prometheus/wal/00000000").read_bytes() == b"log"
