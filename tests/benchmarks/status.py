# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a large model costs whoever asks for it: `python tests/benchmarks/status.py`.

A hundred units and two hundred relations of charms that have no hooks at all, so that the model
is large and nothing else is busy; then `juju status --format json` against `juju version`, in
turns. Prints one JSON line with both medians in milliseconds and their ratio, and fails beyond
the limit.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from onebox.client import Client
from tests.benchmarks.own_engine import PATIENCE, own_engine, units

LIMIT = 3.0
PROVIDERS, REQUIRERS, UNITS = 20, 10, 100
ROUNDS = 15
JUJU = Path(sys.executable).with_name("juju")

_BASES = "bases: [{name: ubuntu, channel: '24.04', architectures: [amd64, arm64]}]\n"
_META = (
    "name: {name}\nsummary: Quiet.\ndescription: Has no hooks.\n"
    "{role}: {{link: {{interface: x}}}}\n"
)


def pack(directory: Path, name: str, role: str) -> Path:
    """A charm without any hook."""
    archive = directory / f"{name}.charm"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("metadata.yaml", _META.format(name=name, role=role))
        out.writestr("manifest.yaml", _BASES)
    return archive


def fill(client: Client, directory: Path) -> None:
    """The model, once all of its units are at rest."""
    client.call("add_model", name="bench")
    providers = [f"p{chr(97 + i)}" for i in range(PROVIDERS)]
    requirers = [f"r{chr(97 + i)}" for i in range(REQUIRERS)]
    for names, charm, role in ((providers, "giver", "provides"), (requirers, "taker", "requires")):
        path = pack(directory, charm, role)
        url = client.call("upload_charm", model="bench", path=str(path))["url"]
        for index, name in enumerate(names):
            count = UNITS // len([*providers, *requirers]) + (index < 10 and charm == "giver")
            client.call("deploy", model="bench", application=name, charm_url=url, units=count)
    for a in providers:
        for b in requirers:
            client.call("integrate", model="bench", a=f"{a}:link", b=f"{b}:link")
    deadline = time.monotonic() + PATIENCE
    while any(u["agent"]["current"] != "idle" for u in units(client, "bench").values()):
        if time.monotonic() > deadline:
            raise SystemExit("the units do not settle; see the engine's daemon.log")
        time.sleep(0.5)


def timed(*words: str) -> float:
    """Seconds that one command takes."""
    start = time.perf_counter()
    subprocess.run([JUJU, *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(client: Client, directory: Path) -> dict[str, Any]:
    """The medians of both commands, in turns."""
    fill(client, directory)
    found = client.call("snapshot", model="bench")
    sizes = {"units": len(found["units"]), "relations": len(found["relations"])}
    status = ("status", "--model", "bench", "--format", "json")
    pairs = [(timed("version"), timed(*status)) for _ in range(ROUNDS + 1)][1:]
    version, whole = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "benchmark": "status",
        **sizes,
        "version_ms": round(version * 1000, 1),
        "status_ms": round(whole * 1000, 1),
        "ratio": round(whole / version, 3),
        "limit": LIMIT,
        "within": whole / version <= LIMIT,
    }


def main() -> int:
    """Measure in an engine of its own; 1 when it takes too long."""
    with own_engine() as (client, directory):
        result = measure(client, directory)
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
