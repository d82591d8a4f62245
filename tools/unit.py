#!/usr/bin/env python3
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs the unit tests of every part, each in a pytest process of its own.

Charms have modules of equal names, so no process can hold two of them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def parts() -> list[Path]:
    """Every folder that holds unit tests of its own."""
    return [ROOT / "lib", ROOT / "engine", *sorted((ROOT / "charms").iterdir())]


def command(part: Path, reports: Path | None, extra: list[str]) -> list[str]:
    """The pytest call for one part; with `reports`, its JUnit file goes there."""
    junit = [f"--junitxml={reports / f'unit-{part.name}.xml'}"] if reports else []
    return [sys.executable, "-m", "pytest", "-q", "tests/unit", *junit, *extra]


def run(reports: Path | None = None, extra: list[str] | None = None) -> list[str]:
    """Run every part; the names of those that failed."""
    failed: list[str] = []
    for part in parts():
        print(f"== {part.relative_to(ROOT)}", flush=True)
        if subprocess.run(command(part, reports, extra or []), cwd=part).returncode:
            failed.append(part.name)
    print("== tests and tools", flush=True)
    own = ["tests/test_architecture.py", "tests/tools"]
    junit = [f"--junitxml={reports / 'unit-repository.xml'}"] if reports else []
    if subprocess.run([sys.executable, "-m", "pytest", "-q", *own, *junit], cwd=ROOT).returncode:
        failed.append("repository")
    return failed


def main() -> int:
    failed = run(extra=sys.argv[1:])
    print("unit: " + (f"failed in {', '.join(failed)}" if failed else "all parts pass"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
