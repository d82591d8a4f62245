# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

from builders import a_recovery

from recovery import Recovery, Share


def test_it_survives_its_databag():
    one = a_recovery(topics=("a", "b"), to_time=7, account={"bytes": 9})
    assert Recovery.from_text(one.to_text()) == one
    assert Recovery.from_text("") is None


def test_a_newer_unit_may_say_more():
    text = a_recovery().to_text().replace("{", '{"later": 1, ', 1)
    assert Recovery.from_text(text) == a_recovery()


def test_only_before_anything_is_replaced_it_fails():
    failed = a_recovery().failed("no room", now=9)
    assert failed.over and not failed.replaces
    assert (failed.why, failed.ended) == ("no room", 9)
    assert dataclasses.replace(failed, stage="starting").replaces


def test_how_far_it_is_wakes_nobody():
    assert Share("r", "placing", "1 of 2 MiB").to_text() == ""
    placed = Share("r", "placed", "", {"bytes": 4})
    assert Share.from_text(placed.to_text()) == placed
    assert Share.from_text("") == Share()
