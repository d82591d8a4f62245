# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from hypothesis import given
from hypothesis import strategies as st

from references import UnresolvableError, filled, references, within

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="ab ${}."),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=8,
)


def of(text):
    return [(r.kind, r.name, r.key) for r in references({"a": [text]})]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${params.window}", [("params", "window", ())]),
        ("${steps.open.address}", [("steps", "open", ("address",))]),
        (
            "${steps.open.a.b} and ${params.x}",
            [("steps", "open", ("a", "b")), ("params", "x", ())],
        ),
        ("${params}", [("", "", ())]),
        ("${steps.open}", [("", "", ())]),
        ("${}", [("", "", ())]),
        ("$5 {not.one}", []),
    ],
)
def test_references_are_found(text, found):
    assert of(text) == found


@given(JSON)
def test_what_refers_to_nothing_stays_as_it_is(value):
    if not list(references(value)):
        assert filled(value, lambda _: 1 / 0) == value


def test_a_lone_reference_keeps_its_type_and_one_in_a_text_becomes_text():
    value = {"n": "${params.n}", "text": "up to ${params.n} ${params.n}", "list": ["${params.n}"]}
    expected = {"n": 3, "text": "up to 3 3", "list": [3]}
    assert filled(value, lambda _: 3) == expected


def test_what_is_not_given_is_left_out():
    assert filled({"a": "${params.a}", "b": None}, lambda _: None) == {"b": None}


def test_a_path_leads_into_a_result_or_says_that_it_does_not():
    (reference,) = references("${steps.open.a.b}")
    assert within({"a": {"b": 5}}, reference.key, reference) == 5
    with pytest.raises(UnresolvableError, match=r'the result has no "a\.b"'):
        within({"a": 1}, reference.key, reference)
