# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How long a person waits, against a real Juju: `python -m tests.benchmarks.latency`.

Two charms of one shell script each. The limits are what a Juju 4.0 controller on LXD took for the
same on one machine; deploying must take a fifth of it at most. Prints one JSON line with medians
in seconds, and fails beyond a limit.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from onebox.client import Client
from tests.benchmarks.own_engine import own_engine, units

LIMITS = {"deploy": 12.0 / 5, "run": 0.81, "config": 0.24, "relation": 0.34, "status": 0.12}
ROUNDS = 9
PATIENCE = 60.0
JUJU = Path(sys.executable).with_name("juju")

_DISPATCH = """#!/bin/bash
case $JUJU_DISPATCH_PATH in
    hooks/start) status-set active ready ;;
    hooks/config-changed) status-set active "$(config-get word)" ;;
    hooks/link-relation-changed)
        [[ -n $JUJU_REMOTE_UNIT ]] && status-set active "$(relation-get word)" ;;
esac
exit 0
"""
_FILES = {
    "metadata.yaml": "name: {name}\nsummary: One script.\ndescription: Says a word.\n{role}:\n"
    "  link: {{interface: link}}\n",
    "manifest.yaml": "bases: [{{name: ubuntu, channel: '24.04', architectures: [amd64, arm64]}}]",
    "config.yaml": "options: {{word: {{type: string, default: hello}}}}\n",
    "actions.yaml": "nothing: {{description: Does nothing.}}\n",
}


def pack(directory: Path, name: str, role: str) -> Path:
    """One of the charms."""
    archive = directory / f"{name}.charm"
    with zipfile.ZipFile(archive, "w") as out:
        for file, text in _FILES.items():
            out.writestr(file, text.format(name=name, role=role))
        entry = zipfile.ZipInfo("dispatch")
        entry.external_attr = 0o100755 << 16
        out.writestr(entry, _DISPATCH)
    return archive


def juju(*words: str) -> None:
    """Run one command."""
    subprocess.run([JUJU, *words], check=True, capture_output=True)


def says(client: Client, unit: str, message: str) -> None:
    """Wait until a unit says so."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = units(client, "bench").get(unit)
        if found and found["workload"]["message"] == message:
            return
        time.sleep(0.005)
    raise SystemExit(f"{unit} never says {message}")


def median(what: Callable[[str], None]) -> float:
    """The median of some rounds, each with a word of its own; the first one does not count."""
    times: list[float] = []
    for index in range(ROUNDS + 1):
        start = time.perf_counter()
        what(f"word-{index}")
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def measure(client: Client, directory: Path) -> dict[str, float]:
    """Seconds for each of `LIMITS`."""
    giver, taker = pack(directory, "giver", "provides"), pack(directory, "taker", "requires")
    juju("add-model", "bench")
    start = time.perf_counter()
    juju("deploy", str(giver))
    says(client, "giver/0", "ready")
    found = {"deploy": time.perf_counter() - start}
    juju("deploy", str(taker))
    juju("integrate", "giver", "taker")
    says(client, "taker/0", "")

    def configure(word: str) -> None:
        juju("config", "giver", f"word={word}")
        says(client, "giver/0", word)

    def relate(word: str) -> None:
        commands = f"relation-set -r 0 word={word}"
        client.call("run_commands", model="bench", unit="giver/0", commands=commands)
        says(client, "taker/0", word)

    found["run"] = median(lambda _: juju("run", "giver/0", "nothing"))
    found["config"] = median(configure)
    found["relation"] = median(relate)
    found["status"] = median(lambda _: juju("status"))
    return found


def main() -> int:
    """Measure in an engine of its own; 1 when anything takes longer than with Juju."""
    with own_engine() as (client, directory):
        found = measure(client, directory)
    within = all(found[name] <= limit for name, limit in LIMITS.items())
    seconds = {name: round(value, 3) for name, value in found.items()}
    print(json.dumps({"benchmark": "latency", **seconds, "limits": LIMITS, "within": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
