# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from onebox.render.document import Timestamp, go_float, to_json, to_yaml


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1", '"1"'),
        ("24.04", '"24.04"'),
        ("", '""'),
        ("true", '"true"'),
        ("n", '"n"'),
        ("13:31:10", '"13:31:10"'),
        ("13:31:10Z", "13:31:10Z"),
        ("two words", "two words"),
        ("[1,2]", "'[1,2]'"),
        ("a: b", "'a: b'"),
        ("a\nb", "|-\n  a\n  b"),
        ("a\n", "|\n  a"),
        (Timestamp("2030-01-01T00:00:00Z"), "2030-01-01T00:00:00Z"),
        (None, "null"),
        ({}, "{}"),
        (3e11, "3e+11"),
    ],
)
def test_yaml_of_one_value(value, text):
    assert to_yaml({"k": value}) == f"k: {text}\n"


def test_empty_key():
    assert to_yaml({"": "alpha"}) == '"": alpha\n'


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (3.0, "3"), (3e11, "3e+11"), (1e-7, "1e-07"), (0.0, "0"), (123456.0, "123456")],
)
def test_floats_as_go_writes_them(value, text):
    assert go_float(value) == text


def test_json_escapes_as_go_does():
    assert to_json({"a": "<&>", "b": 3.0}) == '{"a":"\\u003c\\u0026\\u003e","b":3}\n'


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_what_is_written_is_read_again(value):
    assert yaml.safe_load(to_yaml(value)) == value
    assert json.loads(to_json(value)) == value


@pytest.mark.parametrize(("value", "text"), [("plain", "plain\n"), (7, "7\n"), ("7", '"7"\n')])
def test_yaml_of_a_bare_value_has_no_end_of_document(value, text):
    assert to_yaml(value) == text


def test_maps_are_sorted_as_texts_in_json_and_as_people_count_in_yaml():
    found = {"name": "m", "also": 1, "units": {"app/10": 1, "app/2": 2, "a-b/1": 3}}
    assert to_json(found) == '{"name":"m","also":1,"units":{"a-b/1":3,"app/10":1,"app/2":2}}\n'
    assert to_yaml(found) == ("name: m\nalso: 1\nunits:\n  a-b/1: 3\n  app/2: 2\n  app/10: 1\n")


def test_long_text_is_folded_as_go_folds_it():
    text = " ".join(["word"] * 20)
    folded = to_yaml({"a": {"text": text}})
    lines = folded.splitlines()
    # The first space behind column 80 ends the line; what follows is one step deeper.
    assert [len(line) for line in lines[1:]] == [82, 28]
    assert lines[2].startswith("    word")
    assert yaml.safe_load(folded) == {"a": {"text": text}}
