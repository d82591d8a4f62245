# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether many units cost more each than few: `python tests/benchmarks/units.py [FEW MANY]`.

A charm of one shell script, so that the engine is what is measured: a change of config makes
every unit of the application run `config-changed`; the time until all of them have committed,
divided by their number, with few and then with many units. Prints one JSON line with both in
milliseconds and their ratio, and fails beyond the limit.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from onebox.client import Client
from onebox.home import Home

LIMIT = 1.3
FEW, MANY = 5, 50
ROUNDS = 5
PATIENCE = 600.0

FILES = {
    "metadata.yaml": "name: tiny\nsummary: One script.\ndescription: Says its greeting.\n",
    "manifest.yaml": "bases: [{name: ubuntu, channel: '24.04', architectures: [amd64, arm64]}]\n",
    "config.yaml": "options: {greeting: {type: string, default: hello}}\n",
    "dispatch": '#!/bin/sh\nstatus-set active "$(config-get greeting)"\n',
}


def pack(directory: Path) -> Path:
    """The charm's archive."""
    archive = directory / "tiny.charm"
    with zipfile.ZipFile(archive, "w") as out:
        for name, text in FILES.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            out.writestr(entry, text)
    return archive


class Bench:
    """A model with one application that grows."""

    def __init__(self, client: Client, directory: Path) -> None:
        self.client = client
        self.greeting = "hello"
        self.changes = 0
        client.call("add_model", name="bench")
        url = self.call("upload_charm", path=str(pack(directory)))["url"]
        self.call("deploy", application="tiny", charm_url=url)

    def call(self, method: str, **parameters: Any) -> Any:
        """Ask the engine about the model."""
        return self.client.call(method, model="bench", **parameters)

    def grow(self, units: int) -> None:
        """Wait until there are so many units, all at rest."""
        missing = units - len(self.call("snapshot")["units"])
        if missing:
            self.call("add_unit", application="tiny", units=missing)
        self._until_all_say(self.greeting)

    def per_hook(self, units: int) -> float:
        """Seconds per hook while all units run one."""
        self.changes += 1
        self.greeting = f"hello {self.changes}"
        start = time.perf_counter()
        self.call("set_config", application="tiny", values={"greeting": self.greeting}, reset=[])
        self._until_all_say(self.greeting)
        return (time.perf_counter() - start) / units

    def _until_all_say(self, greeting: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            units = self.call("snapshot")["units"].values()
            said = all(u["workload"]["message"] == greeting for u in units)
            if said and all(u["agent"]["current"] == "idle" for u in units):
                return
            # Looking costs the engine something, too: seldom enough to stay out of the figure.
            time.sleep(0.02)
        raise SystemExit("the units do not settle; see the engine's daemon.log")


def measure(bench: Bench, few: int, many: int) -> dict[str, Any]:
    """The medians of both."""
    medians: list[float] = []
    for units in (few, many):
        bench.grow(units)
        bench.per_hook(units)
        medians.append(statistics.median(bench.per_hook(units) for _ in range(ROUNDS)))
    ratio = medians[1] / medians[0]
    return {
        "benchmark": "units",
        "units": [few, many],
        "ms_per_hook": [round(seconds * 1000, 1) for seconds in medians],
        "ratio": round(ratio, 3),
        "limit": LIMIT,
        "within": ratio <= LIMIT,
    }


def main() -> int:
    """Measure in an engine of its own; 1 when many cost too much."""
    few, many = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (FEW, MANY)
    with tempfile.TemporaryDirectory(prefix="onebox-bench-") as name:
        directory = Path(name)
        os.environ["ONEBOX_HOME"] = str(directory / "home")
        try:
            result = measure(Bench(Client(Home(directory / "home")), directory), few, many)
        finally:
            onebox = Path(sys.executable).with_name("onebox")
            subprocess.run([onebox, "destroy", "--yes"], check=False, stdout=subprocess.DEVNULL)
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
