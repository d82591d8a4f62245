# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The script for bash, asked by bash."""

from __future__ import annotations

import subprocess

import pytest

from onebox import completion


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["juju", "integ"], ["integrate"]),
        (["juju", "list-o"], ["list-offers", "list-operations"]),
        (["juju", "deploy", "--over"], ["--overlay"]),
        (["juju", "relate", "--vi"], ["--via"]),
        (["juju", "help", "show-st"], ["show-status-log", "show-storage"]),
    ],
)
def test_words_are_completed(words: list[str], expected: list[str]) -> None:
    line = " ".join(f"'{word}'" for word in words)
    script = (
        f"{completion.script()}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
        '_juju 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == expected
