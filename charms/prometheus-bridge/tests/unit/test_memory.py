# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is remembered comes back; a damaged memory is an empty one."""

from memory import Memory
from rules import Refusal


def test_it_comes_back_as_it_was(tmp_path):
    memory = Memory(
        verdicts={"d": {3: "bad"}},
        loaded="x",
        refusals=(Refusal(7, "spark", "rule A", "no"),),
        failure="f",
    )
    memory.write(tmp_path / "m.json")
    assert Memory.read(tmp_path / "m.json") == memory


def test_nothing_there_is_nothing_remembered(tmp_path):
    assert Memory.read(tmp_path / "m.json") == Memory()


def test_damage_is_nothing_remembered(tmp_path):
    (tmp_path / "m.json").write_text('{"verdicts": 7')
    assert Memory.read(tmp_path / "m.json") == Memory()
