# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

from job_store import JobStore


def test_remembers_what_is_stopped(tmp_path: Path) -> None:
    assert JobStore(tmp_path).stopped() == frozenset()
    assert JobStore(tmp_path).stop("a")
    assert not JobStore(tmp_path).stop("a")
    assert JobStore(tmp_path).stopped() == {"a"}
    assert JobStore(tmp_path).start("a")
    assert JobStore(tmp_path).stopped() == frozenset()


def test_keeps_its_own_copy_of_a_program(tmp_path: Path) -> None:
    program = tmp_path / "mine.py"
    program.write_text("print(1)")
    JobStore(tmp_path).submit("pi", program, ("a", "b"), 2)
    program.unlink()
    (found,) = JobStore(tmp_path).submitted()
    assert (found.name, found.args, found.cores) == ("pi", ("a", "b"), 2)
    assert found.script.read_text() == "print(1)"


def test_forgets_a_program_and_that_it_was_stopped(tmp_path: Path) -> None:
    program = tmp_path / "mine.py"
    program.write_text("print(1)")
    store = JobStore(tmp_path)
    store.submit("pi", program, (), 1)
    store.stop("pi")
    assert store.forget("pi")
    assert not store.forget("pi")
    assert (store.submitted(), store.stopped()) == ((), frozenset())


def test_a_submission_that_was_cut_short_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "submitted" / "half").mkdir(parents=True)
    (tmp_path / "submitted" / "half" / "script.py").touch()
    assert JobStore(tmp_path).submitted() == ()


def test_programs_from_elsewhere_are_adopted_and_wait(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.touch()
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    JobStore(tmp_path / "there").submit("mine", script, ("a",), 1)
    (tmp_path / "there" / "submitted").rename(tmp_path / "here" / "submitted")
    store = JobStore(tmp_path / "here")
    assert store.adopt() == ("mine",)
    assert store.submitted()[0].script == tmp_path / "here" / "submitted" / "mine" / "script.py"
    assert store.submitted()[0].args == ("a",)
    assert store.stopped() == {"mine"}
