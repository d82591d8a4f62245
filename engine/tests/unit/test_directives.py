# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Storage directives, one and many."""

from __future__ import annotations

import pytest

from onebox import directives
from onebox.directives import Directive
from onebox.errors import Refused


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("2", Directive(count=2)),
        ("10G", Directive(size=10240)),
        ("1.5GiB", Directive(size=1536)),
        ("rootfs,3,500M", Directive("rootfs", 3, 500)),
        (",200M,", Directive(size=200)),
    ],
)
def test_one(text: str, meaning: Directive) -> None:
    assert directives.read(text) == meaning


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "storage directives require at least one field to be specified"),
        ("10X", 'unrecognized storage directive "10X" not valid'),
        ("1e3", 'unrecognized storage directive "1e3" not valid'),
        ("a,b", 'pool name is already set to "a", new value "b" not valid'),
        ("1,2", "storage instance count is already set to 1, new value 2 not valid"),
        ("1M,2M", "storage size is already set to 1, new value 2 not valid"),
        ("-1", 'parsing storage count: count must be greater than zero, got "-1"'),
    ],
)
def test_what_is_none(text: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        directives.read(text)
    assert refusal.value.message == message


def test_many_are_sorted_and_count_one_each() -> None:
    found = directives.by_name(["logs", "data=2"])
    assert [*found.items()] == [("data", Directive(count=2)), ("logs", Directive(count=1))]


@pytest.mark.parametrize("words", [["=1"], ["a=1=2"], ["a", "a=2"], ["a=!"]])
def test_many_that_are_none(words: list[str]) -> None:
    with pytest.raises(Refused):
        directives.by_name(words)
