# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the engine costs while nothing happens: `python tests/benchmarks/idle.py [SECONDS]`.

Looks at the engine that runs (`$ONEBOX_HOME`, else the default one) with whatever is deployed
there; deploy the bundle first, with `scripts/demo`. Prints one JSON line with its share of one
core and its resident memory, and fails beyond the limits.
"""

from __future__ import annotations

import json
import sys
import time

import psutil

from onebox.client import Client
from onebox.home import Home

CORE_LIMIT, MEMORY_LIMIT = 1.0, 150.0
SECONDS = 60.0


def measure(client: Client, seconds: float) -> dict[str, object]:
    """The engine's share of a core over some seconds, and its memory at their end."""
    engine = psutil.Process(int(client.home.pid_file.read_text()))
    models = client.call("models")
    before = engine.cpu_times()
    time.sleep(seconds)
    after = engine.cpu_times()
    spent = after.user + after.system - before.user - before.system
    share = spent / seconds * 100
    memory = engine.memory_info().rss / 1e6
    return {
        "benchmark": "idle",
        "models": len(models),
        "core_percent": max(0.0, round(share, 2)),
        "core_limit": CORE_LIMIT,
        "resident_mb": round(memory, 1),
        "memory_limit": MEMORY_LIMIT,
        "within": share <= CORE_LIMIT and memory <= MEMORY_LIMIT,
    }


def main() -> int:
    """Measure the engine that runs; 1 when it costs too much."""
    client = Client(Home.default())
    if not client.running():
        raise SystemExit("No engine runs here: deploy something first, for example scripts/demo")
    result = measure(client, float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
