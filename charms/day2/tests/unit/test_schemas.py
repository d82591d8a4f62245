# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

import schemas

PARAMS = schemas.of_params({"size": {"type": "integer"}, "colour": {"default": "red"}})
RESULT = {
    "$defs": {"Inner": {"type": "object", "properties": {"b": {"type": "string"}}}},
    "type": "object",
    "properties": {
        "a": {"$ref": "#/$defs/Inner"},
        "free": {"type": "object"},
        "n": {"type": "integer"},
    },
}


@pytest.mark.parametrize(
    ("value", "objections"),
    [
        ({"size": 3}, []),
        ({"size": schemas.ANYTHING}, []),
        ({"size": "3"}, ["size: '3' is not of type 'integer'"]),
        ({}, ["'size' is a required property"]),
        ({"size": 1, "x": 1}, ["Additional properties are not allowed ('x' was unexpected)"]),
    ],
)
def test_values_are_judged(value, objections):
    assert list(schemas.objections(value, PARAMS)) == objections


def test_a_schema_is_judged():
    assert list(schemas.flaws({"type": "integer", "minimum": 3})) == []
    assert list(schemas.flaws({"minimum": "three"})) == [
        "minimum: 'three' is not of type 'number'"
    ]


@pytest.mark.parametrize(
    ("path", "there"),
    [("a", True), ("a.b", True), ("a.c", False), ("x", False), ("free.any", True), ("n.a", False)],
)
def test_what_a_result_may_hold(path, there):
    assert schemas.reaches(RESULT, path.split(".")) is there


def test_the_keys_of_a_result():
    assert schemas.keys(RESULT) == ("a", "free", "n")
