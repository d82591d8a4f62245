# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a mapping is; the actions themselves are tested with the charm."""

import pytest

from desk import mapping


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, {}),
        ("", {}),
        ({"a": 1}, {"a": 1}),
        ("a: 1", {"a": 1}),
        ('{"a": [1]}', {"a": [1]}),
        ("just text", None),
        ("[1]", None),
        ("{", None),
        (5, None),
    ],
)
def test_parameters_come_as_a_mapping_or_as_its_text(given, expected):
    assert mapping(given) == expected
