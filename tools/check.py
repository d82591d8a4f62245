# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`scripts/test` after its set-up: every check in turn, and one truthful summary.

A stage that fails does not keep the later quick ones from running, so that one run shows all
that is wrong; the integration tests run only when everything before them holds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import unit
from tools.suites import Suite, Tally

ROOT = Path(__file__).resolve().parent.parent
Outcome = tuple[bool, Tally]


@dataclass(frozen=True)
class Stage:
    """One check: its name, what it runs in the repository's root, and whether it is quick."""

    name: str
    run: Callable[[Path], Outcome]
    quick: bool = True


def command(*argv: str) -> Callable[[Path], Outcome]:
    """A stage that is one command."""
    return lambda reports: (subprocess.run(argv, cwd=ROOT).returncode == 0, Tally())


def suite(folder: str, *options: str) -> Callable[[Path], Outcome]:
    """A stage that is one pytest run."""
    return Suite(Path(folder).name, (folder,), ROOT, ("--durations=8", *options)).run


def python(*argv: str) -> Callable[[Path], Outcome]:
    """A stage that is one program of ours."""
    return command(sys.executable, *argv)


# A test against real processes that fails leaves its clients open; when they are collected, that
# must not fail a test that has nothing to do with them.
SHOWN = ("-W", "default::pytest.PytestUnraisableExceptionWarning")

STAGES = (
    Stage("lint", command("ruff", "check", ".")),
    Stage("format", command("ruff", "format", "--check", ".")),
    Stage("spelling", command("codespell")),
    Stage("static", python("tools/static.py")),
    Stage("promtool", python("-m", "tools.promtool")),
    Stage("unit", unit.run),
    Stage("interface", suite("tests/interface")),
    Stage("pack", python("tools/pack.py"), quick=False),
    Stage("integration", suite("tests/integration", "-m", "not long", *SHOWN), quick=False),
)


def perform(stages: tuple[Stage, ...], reports: Path) -> tuple[dict[str, str], Tally]:
    """Run the stages; how each ended, and the counts of all."""
    results: dict[str, str] = {}
    counts = Tally()
    for stage in stages:
        if not stage.quick and any(r.startswith("FAILED") for r in results.values()):
            results[stage.name] = "not run"
            continue
        print(f"\n=== {stage.name}", flush=True)
        start = time.monotonic()
        good, found = stage.run(reports)
        counts += found
        verdict = "ok" if good else "FAILED"
        results[stage.name] = f"{verdict:<7} {time.monotonic() - start:6.0f} s"
    return results, counts


def main() -> int:
    stages = tuple(s for s in STAGES if s.quick or "--quick" not in sys.argv)
    # The promtool that the stage of this name unpacks is found by the tests after it.
    os.environ["PATH"] = f"{ROOT / '.cache' / 'promtool'}:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory(prefix="dataops-check-") as directory:
        results, counts = perform(stages, Path(directory))
    print("\n=== summary")
    for name, verdict in results.items():
        print(f"{name:<12} {verdict}")
    bad = [n for n, r in results.items() if not r.startswith("ok")]
    if bad:
        print(f"failed: {', '.join(bad)}")
    for name in counts.again:
        print(f"passed only when tried again, a defect to mend: {name}")
    skipped = f", {counts.skipped} skipped" if counts.skipped else ""
    # A stage without tests of its own that failed must not be hidden by a row of zeros.
    failed = counts.failed or len(bad)
    print(f"{counts.passed} passed, {failed} failed{skipped}")
    return 1 if bad or not counts.passed else 0


if __name__ == "__main__":
    sys.exit(main())
