# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A second attempt saves a run from a race, and neither hides it nor what is really broken."""

from pathlib import Path

import pytest

from tools.suites import MOST_TRIED_AGAIN, Suite

GOOD = "def test_good():\n    pass\n"
BAD = "def test_bad_{n}():\n    assert False\n"
# Fails when it is run for the first time only.
RACE = """
from pathlib import Path
seen = Path(__file__).with_suffix(".seen")

def test_race():
    first = not seen.exists()
    seen.touch()
    assert not first
"""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "part").mkdir()
    return Suite("part", (".",), tmp_path / "part", ("-q", "-p", "no:cacheprovider"))


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


def write(suite: Suite, name: str, text: str) -> None:
    (suite.folder / f"test_{name}.py").write_text(text)


def test_all_pass(suite: Suite, reports: Path) -> None:
    write(suite, "good", GOOD)
    good, counts = suite.run(reports)
    assert good
    assert (counts.passed, counts.failed, counts.again) == (1, 0, ())


def test_a_race_passes_and_is_named(suite: Suite, reports: Path) -> None:
    write(suite, "good", GOOD)
    write(suite, "race", RACE)
    good, counts = suite.run(reports)
    assert good
    assert (counts.passed, counts.failed) == (2, 0)
    assert [name.rpartition("/")[2] for name in counts.again] == ["test_race.py::test_race"]


def test_what_is_broken_fails_twice(suite: Suite, reports: Path) -> None:
    write(suite, "good", GOOD)
    write(suite, "race", RACE)
    write(suite, "bad", BAD.format(n=1))
    good, counts = suite.run(reports)
    assert not good
    assert (counts.passed, counts.failed, counts.again) == (2, 1, ())


def test_many_failures_are_no_race(suite: Suite, reports: Path) -> None:
    write(suite, "bad", "".join(BAD.format(n=n) for n in range(MOST_TRIED_AGAIN + 1)))
    good, counts = suite.run(reports)
    assert not good
    assert counts.failed == MOST_TRIED_AGAIN + 1
    assert not (reports / "part.again.xml").exists()


def test_a_file_that_cannot_be_read_is_a_failure(suite: Suite, reports: Path) -> None:
    write(suite, "good", GOOD)
    write(suite, "wrong", "import nothing_of_this_name\n")
    good, counts = suite.run(reports)
    assert not good
    assert counts.failed
