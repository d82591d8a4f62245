# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How long a snapshot of the bundle takes: `python -m tests.benchmarks.snapshot [RUNS]`.

Deploys the bundle with programs from the registries, takes snapshots, and prints one JSON line:
seconds from `juju run day2/leader snapshot` to the end of the operation (the median and the
worst), the archive's size, and the most memory that a collecting process had. The limit is a
minute for the median.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from tests.benchmarks.own_engine import own_engine, units, wait_active

ROOT = Path(__file__).resolve().parents[2]
JUJU = Path(sys.executable).with_name("juju")
LIMIT_SECONDS = 60.0
MODEL = "bench"
RUNS = 3


def juju(*words: str) -> str:
    """What `juju` prints."""
    done = subprocess.run([JUJU, *words], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def show() -> dict[str, Any]:
    """The newest operation, as its action shows it."""
    answer = json.loads(juju("run", "day2/leader", "show-operation", "--format", "json"))
    return next(iter(answer.values()))["results"]


class Memory(threading.Thread):
    """The most resident memory, in MB, of any process that does a snapshot's work."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        """Look around until it is over."""
        while not self.over.wait(0.3):
            for process in psutil.process_iter(["cmdline", "memory_info"]):
                words = process.info["cmdline"] or []
                if "dataops.jobs" in words and process.info["memory_info"]:
                    self.most = max(self.most, process.info["memory_info"].rss / 1e6)


def once() -> tuple[float, int]:
    """Seconds that a snapshot took, and the bytes of its archive."""
    began = time.monotonic()
    juju("run", "day2/leader", "snapshot")
    while (shown := show())["status"] == "running":
        time.sleep(0.2)
    seconds = time.monotonic() - began
    if shown["status"] != "completed":
        raise SystemExit(f"The snapshot {shown['status']}: {shown.get('message')}")
    archive = shown["message"].split(" ")[2].partition(":")[2]
    return seconds, Path(archive).stat().st_size


def main() -> int:
    """Measure; 1 when it takes too long."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with own_engine() as (client, _):
        juju("add-model", MODEL)
        juju("deploy", str(ROOT / "bundles" / "dataops.yaml"))
        wait_active(client, MODEL, *units(client, MODEL))
        memory = Memory()
        memory.start()
        found = [once() for _ in range(runs)]
        memory.over.set()
        count = len(units(client, MODEL))
    seconds = [taken for taken, _ in found]
    median = statistics.median(seconds)
    result = {
        "benchmark": "snapshot",
        "units": count,
        "runs": runs,
        "seconds": round(median, 1),
        "worst_seconds": round(max(seconds), 1),
        "limit_seconds": LIMIT_SECONDS,
        "archive_mb": round(found[-1][1] / 1e6, 1),
        "most_memory_mb": round(memory.most, 1),
        "within": median <= LIMIT_SECONDS,
    }
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
