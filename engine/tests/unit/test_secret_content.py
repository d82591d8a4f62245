# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Secret content: what people and charms write, and what is kept."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onebox.commands._secret_values import content
from onebox.errors import Refused
from onebox.flags import UsageError
from onebox.secret_content import decoded, from_arguments, from_settings, value_of


def nothing(path):
    raise AssertionError(path)


@given(st.text(min_size=1).filter(lambda text: not text.endswith("=")))
def test_a_value_comes_back_as_it_was_written(text):
    assert decoded(from_arguments([f"key={text}"], nothing)) == {"key": text}


@given(st.binary())
def test_base64_is_kept_with_its_padding(data):
    encoded = base64.b64encode(data).decode()
    if encoded:
        assert from_arguments([f"key#base64={encoded}"], nothing) == {"key": encoded}


@given(st.binary())
def test_a_file_may_hold_anything(data):
    kept = from_arguments(["key#file=x"], lambda path: data)
    assert base64.b64decode(value_of(kept, "key#base64")) == data


@pytest.mark.parametrize("key", ["a-bc", "key1", "abc"])
def test_keys(key):
    assert from_settings({key: "v"}) == {key: "dg=="}


@pytest.mark.parametrize("key", ["ab", "Key", "1ab", "a--b", "ab-", "a_b", "a-b", ""])
def test_keys_that_are_none(key):
    with pytest.raises(UsageError, match="not valid"):
        from_settings({key: "v"})


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((750_001,), 'content for key "key0" too large: 1000004 bytes'),
        ((375_000, 375_003), "content too large: 1000004 bytes"),
    ],
)
def test_too_much_is_refused(sizes, message):
    values = {f"key{number}": "x" * size for number, size in enumerate(sizes)}
    with pytest.raises(UsageError, match=message):
        from_settings(values)


def test_broken_base64_is_told():
    with pytest.raises(Refused, match="illegal base64"):
        decoded({"key": "?"})


class TestCommands:
    """What `juju add-secret` makes of its words."""

    def test_a_file_wins_over_words(self, tmp_path):
        (tmp_path / "more.yaml").write_text("token: def\nport: 80\n")
        (tmp_path / "key").write_bytes(b"\xff")
        words = ["token=abc", f"key#file={tmp_path / 'key'}"]
        found = content(words, str(tmp_path / "more.yaml"))
        assert found == {"token": "ZGVm", "port": "ODA=", "key": "/w=="}

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(UsageError, match=r"open .*nosuch: no such file"):
            content([f"key#file={tmp_path / 'nosuch'}"], "")
