#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the unit tests of every part, each in a pytest process of its own.

Charms have modules of equal names, so no process can hold two of them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tools.suites import Suite, Tally

ROOT = Path(__file__).resolve().parent.parent


def suites(options: tuple[str, ...] = ()) -> list[Suite]:
    """The unit tests of every part, then those of the repository itself."""
    parts = [ROOT / "lib", ROOT / "engine", *sorted((ROOT / "charms").iterdir())]
    return [
        *(Suite(f"unit-{part.name}", ("tests/unit",), part, ("-q", *options)) for part in parts),
        Suite("unit-repository", ("tests/test_architecture.py", "tests/tools"), ROOT, ("-q",)),
    ]


def run(reports: Path, options: tuple[str, ...] = ()) -> tuple[bool, Tally]:
    """Whether every suite passed, and the counts of all."""
    good, counts = True, Tally()
    for suite in suites(options):
        print(f"== {suite.name.removeprefix('unit-')}", flush=True)
        passed, found = suite.run(reports)
        good, counts = good and passed, counts + found
    return good, counts


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dataops-unit-") as reports:
        good, counts = run(Path(reports), tuple(sys.argv[1:]))
    print(f"{counts.passed} passed, {counts.failed} failed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
