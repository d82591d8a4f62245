# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The provider reads what can be read."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provider import _requests


@pytest.mark.parametrize("text", ["", "[]"])
def test_nothing_asked_is_nothing_unreadable(text):
    assert _requests({"certificate_signing_requests": text}) == []
    assert _requests({}) == []


def test_requests_come_with_their_kind():
    listed = [
        {"certificate_signing_request": "a", "ca": True},
        {"certificate_signing_request": "b"},
    ]
    bag = {"certificate_signing_requests": json.dumps(listed)}
    assert _requests(bag) == [("a", True), ("b", False)]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_no_bag_raises(value):
    _requests({"certificate_signing_requests": json.dumps(value)})
