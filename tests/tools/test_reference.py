# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The page about the charms says what their metadata says."""

from tools import reference


def test_the_page_is_up_to_date() -> None:
    assert reference.PAGE.read_text() == reference.page(), "run tools/reference.py"


def test_a_pipe_in_a_description_does_not_break_the_table() -> None:
    *_, row, _ = reference.table(("a",), [("x|y",)])
    assert row == "| x\\|y |"
