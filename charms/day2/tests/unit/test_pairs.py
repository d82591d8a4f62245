# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairs
from dataops.operations import OperationError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("force=true", {"force": True}),
        ("unit=kafka/2  within=5m", {"unit": "kafka/2", "within": "5m"}),
        ("count=3 ratio=0.5 deep=false", {"count": 3, "ratio": 0.5, "deep": False}),
        ("to-time=2026-11-22T21:49:00Z", {"to-time": "2026-11-22T21:49:00Z"}),
        ("why='two words' where=a=b empty=", {"why": "two words", "where": "a=b", "empty": ""}),
        ("id=20261122T215036Z", {"id": "20261122T215036Z"}),
    ],
)  # fmt: skip
def test_pairs_are_read(text, found):
    assert pairs.read(text) == found


def test_an_object_is_read():
    assert pairs.read(' {"window": "1h", "deep": {"a": [1]}}') == {
        "window": "1h",
        "deep": {"a": [1]},
    }


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        # What Juju 4.0 makes of a mapping.
        ("map[force:true]", "'map\\[force:true\\]' is not name=value: write params='"),
        ("force", "'force' is not name=value"),
        ("=3", "'=3' is not name=value"),
        ("a=1 a=2", "a is given twice"),
        ("a='1", "No closing quotation: write params='"),
        ("{force: true}", "is no JSON .*: write params='"),
    ],
)
def test_what_is_no_pairs_is_named(wrong, named):
    with pytest.raises(OperationError, match=named):
        pairs.read(wrong)


@given(
    st.dictionaries(st.from_regex(r"[a-z][a-z-]*", fullmatch=True), st.integers() | st.booleans())
)
def test_whatever_is_written_is_read(mapping):
    text = " ".join(f"{name}={str(value).lower()}" for name, value in mapping.items())
    assert pairs.read(text) == mapping


@given(
    st.from_regex(r"[a-z/ '\"=]*[a-z]", fullmatch=True).filter(
        lambda t: t not in ("true", "false", "null")
    )
)
def test_whatever_text_is_quoted_is_read(text):
    assert pairs.read(f"why={shlex.quote(text)}") == {"why": text}
