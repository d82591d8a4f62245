# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the deployed bundle keeps in memory: `python -m tests.benchmarks.memory [MODEL]`.

Looks at the engine that runs (`$ONEBOX_HOME`, else the default one) and at every process of one
model there (else the demo's); deploy the bundle first, with `scripts/demo` or
`scripts/demo --small`. Prints one JSON line: resident megabytes of each process, largest first,
and of all together, the engine included. Pages that processes share are counted once in
`proportional_mb`, and with each of them in `resident_mb`. It has no limit.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from onebox import processes
from onebox.client import Client
from onebox.home import Home
from tools.demo import pipeline

# A word of the command line, and what people call the process.
NAMES = {
    "kafka.Kafka": "broker",
    "CoarseGrainedExecutorBackend": "executor",
    "SparkSubmit": "driver",
    "job_runner.py": "job runner",
    "deploy.master.Master": "master",
    "deploy.worker.Worker": "worker",
    "HistoryServer": "history server",
    "supervisord": "supervisor",
}


def named(command: list[str]) -> str:
    """What a process is."""
    line = " ".join(command)
    known = (name for word, name in NAMES.items() if word in line)
    return next(known, Path(command[0]).name if command else "?")


def measured(client: Client, model: str) -> Iterator[dict[str, object]]:
    """Each process with its unit, what it is, and its resident and proportional megabytes."""
    (uuid,) = (found["uuid"] for found in client.call("models") if found["name"] == model)
    engine = psutil.Process(int(client.home.pid_file.read_text()))
    for process in [engine, *processes.of_model(uuid)()]:
        # One that ended meanwhile has no memory.
        with contextlib.suppress(psutil.Error):
            unit = "" if process == engine else process.environ().get("JUJU_UNIT_NAME", "")
            memory = process.memory_full_info()
            yield {
                "unit": unit,
                "process": named(process.cmdline()) if unit else "engine",
                "resident_mb": round(memory.rss / 1e6),
                "proportional_mb": round(memory.pss / 1e6),
            }


def main() -> int:
    """Look at what runs."""
    client = Client(Home.default())
    if not client.running():
        raise SystemExit("No engine runs here: deploy something first, for example scripts/demo")
    model = sys.argv[1] if len(sys.argv) > 1 else pipeline.MODEL
    found = sorted(measured(client, model), key=lambda one: -int(str(one["resident_mb"])))
    total = {
        kind: sum(int(str(one[kind])) for one in found)
        for kind in ("resident_mb", "proportional_mb")
    }
    print(json.dumps({"benchmark": "memory", "model": model, **total, "processes": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
