# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What one call of a hook tool costs: `python -m tests.benchmarks.tool`.

`is-leader` in a script of a unit, by the compiled client and by the one in Python that takes its
place where there is no compiler, against `python3 -S -c pass`. In turns of twenty calls each;
prints one JSON line with the medians in milliseconds and the ratios, and fails beyond the limit.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any

from onebox.client import Client
from onebox.hooktools import program
from tests.benchmarks.latency import juju, pack, says
from tests.benchmarks.own_engine import own_engine

LIMIT = 2.0
ROUNDS = 15
CALLS = 20

SCRIPT = """
for round in $(seq {rounds}); do
    for one in is-leader {interpreted} "/usr/bin/python3 -S -c pass"; do
        before=${{EPOCHREALTIME/./}}
        for call in $(seq {calls}); do $one > /dev/null; done
        echo -n "$(( ${{EPOCHREALTIME/./}} - before )) "
    done
    echo
done
"""


def measure(client: Client, directory: Path) -> dict[str, Any]:
    """Milliseconds of each, and what they are of Python's own start."""
    interpreted = directory / "is-leader"
    interpreted.write_bytes(program.interpreted())
    interpreted.chmod(0o755)
    juju("add-model", "bench")
    juju("deploy", str(pack(directory, "giver", "provides")))
    says(client, "giver/0", "ready")
    script = SCRIPT.format(rounds=ROUNDS + 1, calls=CALLS, interpreted=interpreted)
    answer = client.call("run_commands", model="bench", unit="giver/0", commands=script)
    # The first round finds nothing in the caches.
    rows = [list(map(int, line.split())) for line in answer["stdout"].splitlines()[1:]]
    columns = zip(*rows, strict=True)
    medians = [statistics.median(column) / CALLS / 1000 for column in columns]
    compiled, slow, bare = medians
    found: dict[str, Any] = {"compiled_ms": compiled, "interpreted_ms": slow, "python_ms": bare}
    found |= {"compiled": compiled / bare, "interpreted": slow / bare}
    return {name: round(value, 2) for name, value in found.items()}


def main() -> int:
    """Measure in an engine of its own; 1 when a call costs too much."""
    with own_engine() as (client, directory):
        found = measure(client, directory)
    within = max(found["compiled"], found["interpreted"]) <= LIMIT
    print(json.dumps({"benchmark": "tool", **found, "limit": LIMIT, "within": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
