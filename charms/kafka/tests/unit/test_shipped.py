# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from shipped import Shipped


def test_what_is_written_is_read_by_every_revision():
    told = Shipped(since=1, newest="20261122T120000Z", until=9, why="the store is full")
    assert Shipped.from_text(told.to_text()) == told
    assert Shipped.from_text('{"since": 1, "new": 2}') == Shipped(since=1)


def test_before_the_first_backup_nothing_is_safe_since_it_was_switched_on():
    assert Shipped(since=5).restorable == 5
    assert Shipped(since=5, until=9).restorable == 9
