# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The format between client and engine."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onebox.hooktools.tool import Answer
from onebox.hooktools.wire import MalformedError, Request, answered, take

WORD = st.text(st.characters(blacklist_characters="\0", codec="utf-8"))


def request(context, cwd, argv, stdin):
    head = b"".join(word.encode() + b"\0" for word in (context, cwd, *argv))
    return b"%d %d\n%s%s" % (len(head), -1 if stdin is None else len(stdin), head, stdin or b"")


@given(WORD, st.lists(WORD, min_size=1), st.none() | st.binary())
def test_a_request_is_read_back_once_it_is_complete(context, argv, stdin):
    data = request(context, "/srv", argv, stdin)
    assert take(data) == Request(context, Path("/srv"), tuple(argv), stdin)
    assert all(take(data[:length]) is None for length in range(len(data)))


@pytest.mark.parametrize("data", [b"x" * 65, b"GET / HTTP/1.1\n", b"1\n", b"2 -1\na\0"])
def test_other_bytes_are_no_request(data):
    with pytest.raises(MalformedError):
        take(data)


def test_bytes_that_are_no_text_pass_through():
    data = b"9 -1\nid\0/\0t\0\xff\0"
    found = take(data)
    assert found is not None
    assert found.argv == ("t", "\udcff")


def test_an_answer_says_how_long_it_is():
    assert answered(Answer(2, b"out", b"error")) == b"2 3 5\nouterror"
