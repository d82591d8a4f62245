# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The script for bash, asked by bash."""

from __future__ import annotations

import subprocess

import pytest

from onebox import completion

# What a model answers: enough of it to be searched for names.
JUJU = """
juju() {
    case $1 in
        models) echo '{"models":[{"short-name":"data"},{"short-name":"dev"}]}' ;;
        actions) [[ $2 == kafka ]] && echo '{"check":"Looks.","rotate":"Turns."}' ;;
        status) echo '{"kafka":{"charm":"x","units":{"kafka/0":{"workload-status":{}}}}}' ;;
    esac
}
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["juju", "integ"], ["integrate"]),
        (["juju", "list-o"], ["list-offers", "list-operations"]),
        (["juju", "deploy", "--over"], ["--overlay"]),
        (["juju", "relate", "--vi"], ["--via"]),
        (["juju", "help", "show-st"], ["show-status-log", "show-storage"]),
        (["juju", "status", "--format", "s"], ["short", "summary"]),
        (["juju", "status", "-m", "d"], ["data", "dev"]),
        (["juju", "config", "ka"], ["kafka", "kafka/0"]),
        (["juju", "run", "kafka/0", "ro"], ["rotate"]),
    ],
)
def test_words_are_completed(words: list[str], expected: list[str]) -> None:
    line = " ".join(f"'{word}'" for word in words)
    script = (
        f"{completion.script()}{JUJU}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
        '_juju 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == expected
