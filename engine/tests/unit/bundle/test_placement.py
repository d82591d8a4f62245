# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from onebox.bundle.placement import Placement, parse


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("new", Placement()),
        ("0", Placement(machine="0")),
        ("lxd:0", Placement(container="lxd", machine="0")),
        ("lxd:new", Placement(container="lxd")),
        ("kafka", Placement(application="kafka")),
        ("kafka/2", Placement(application="kafka", unit=2)),
        ("lxd:kafka/2", Placement(container="lxd", application="kafka", unit=2)),
        ("Odd", None),
        ("odd:0", None),
        ("", None),
    ],
)
def test_syntax(text, wanted):
    assert parse(text) == wanted


@pytest.mark.parametrize(
    ("text", "repeats"),
    [("new", True), ("lxd:new", True), ("kafka", True), ("kafka/0", False), ("0", False)],
)
def test_which_last_entry_holds_for_the_rest(text, repeats):
    placement = parse(text)
    assert placement is not None
    assert placement.repeats is repeats
