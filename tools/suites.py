# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One pytest run, and a second one for the files of the few tests that failed in it.

A race that shows once in a hundred runs must not hide what the other thousands of tests say; nor
may it be hidden: whatever passed only when tried again is a defect, and is told by name.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

MOST_TRIED_AGAIN = 3  # more of them are no race
_TESTS_FAILED = 1  # pytest.ExitCode


@dataclass(frozen=True)
class Tally:
    """What pytest counted; an error in a fixture counts as failed.

    Attributes:
        again: the names of those that passed only when they were tried again.
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    again: tuple[str, ...] = field(default=())

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.again + other.again,
        )


@dataclass(frozen=True)
class Suite:
    """One call of pytest.

    Attributes:
        name: of the report: no two suites of one run have the same.
        paths: what to test, from `folder`.
        folder: where pytest runs.
        options: more of pytest's.
    """

    name: str
    paths: tuple[str, ...]
    folder: Path
    options: tuple[str, ...] = ()

    def run(self, reports: Path) -> tuple[bool, Tally]:
        """Whether all passed, be it at the second attempt, and the counts."""
        first = reports / f"{self.name}.xml"
        code = self._attempt(self.paths, first)
        found = tally(first)
        files = [self._found(file) for file in failing(first)]
        if code != _TESTS_FAILED or not files or found.failed > MOST_TRIED_AGAIN:
            return code == 0, found
        print(f"== again: {' '.join(files)}", flush=True)
        second = reports / f"{self.name}.again.xml"
        code = self._attempt(files, second)
        left = tally(second).failed
        again = () if code else tuple(names(first))
        return code == 0, Tally(
            found.passed + max(found.failed - left, 0), left, found.skipped, again
        )

    def _found(self, file: str) -> str:
        # Pytest's root, which its report goes by, is wherever it found its settings.
        bases = (self.folder, *self.folder.parents)
        return next((str(base / file) for base in bases if (base / file).is_file()), file)

    def _attempt(self, paths: Sequence[str], report: Path) -> int:
        # The old family of reports says the file of each test.
        written = ["-o", "junit_family=xunit1", f"--junitxml={report}"]
        argv = [sys.executable, "-m", "pytest", *paths, *self.options, *written]
        return subprocess.run(argv, cwd=self.folder).returncode


def tally(report: Path) -> Tally:
    """The counts of one report; none where pytest wrote none."""
    if not report.exists():
        return Tally()
    found = Tally()
    for result in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 (pytest wrote it)
        total, failed, errors, skipped = (
            int(result.get(count, 0)) for count in ("tests", "failures", "errors", "skipped")
        )
        bad = failed + errors
        found += Tally(total - bad - skipped, bad, skipped)
    return found


def failing(report: Path) -> tuple[str, ...]:
    """The files of the tests that failed, each once."""
    return tuple(dict.fromkeys(case.get("file", "") for case in _failed(report)))


def names(report: Path) -> list[str]:
    """The tests that failed, as a person names them."""
    return [f"{case.get('file')}::{case.get('name')}" for case in _failed(report)]


def _failed(report: Path) -> list[ElementTree.Element]:
    if not report.exists():
        return []
    cases = ElementTree.parse(report).iter("testcase")  # noqa: S314 (pytest wrote it)
    return [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
