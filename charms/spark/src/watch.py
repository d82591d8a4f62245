# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Has the charm look again when a job changes its state. Runs as a service of the unit.

    watch.py UNIT DIRECTORY JUJU_EXEC

A job takes half a minute to start, and no hook waits for it; without this, the unit's status
would tell the job's state of the last update-status, up to five minutes ago.
"""

import subprocess
import sys
import time
from pathlib import Path

from job_progress import read

_PAUSE_SECONDS = 1.0
# A job that fails and starts again and again must not keep the unit busy with hooks.
_SHORTEST_SECONDS = 15.0
_DISPATCH = "JUJU_DISPATCH_PATH=hooks/update-status ./dispatch"

States = dict[str, tuple[str, str]]


def states(directory: Path) -> States:
    """State and reason of every job that says how far it is, by name."""
    found = {path.stem: read(path) for path in directory.glob("*.json")}
    return {name: (progress.state, progress.reason) for name, progress in found.items()}


def changed(directory: Path, known: States) -> States:
    """The states, as soon as they differ from the known ones."""
    while (found := states(directory)) == known:
        time.sleep(_PAUSE_SECONDS)
    return found


def main(unit: str, directory: str, juju_exec: str) -> None:
    """Wake the charm at every change; never returns."""
    known: States = {}
    while True:
        known = changed(Path(directory), known)
        subprocess.run([juju_exec, unit, _DISPATCH], check=False)
        time.sleep(_SHORTEST_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
