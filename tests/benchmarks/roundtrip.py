# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a relation adds to two hooks: `python -m tests.benchmarks.roundtrip [ROUNDS]`.

One side of a relation writes a value into its databag, the other side hears of it: from the change
of config that causes it to the commit of the other side's relation-changed. Against the two
dispatches in it, run alone with every hook tool replaced by a script that prints canned JSON. Both
in one run, in turns; prints one JSON line with the medians in milliseconds and their ratio, and
fails beyond the limit.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

from tests.benchmarks import hook
from tests.benchmarks.own_engine import own_engine

LIMIT = 1.3
ROUNDS = 15

CHARM = """\
import ops


class SmallCharm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        framework.observe(self.on.config_changed, self._say)
        framework.observe(self.on.right_relation_changed, self._hear)

    def _say(self, _):
        relation = self.model.get_relation("left")
        if relation is not None:
            relation.data[self.unit]["greeting"] = self.config["greeting"]

    def _hear(self, event):
        heard = event.relation.data[event.unit].get("greeting") if event.unit else ""
        self.unit.status = ops.ActiveStatus(f"heard {heard}")


ops.main(SmallCharm)
"""


class Bench(hook.Bench):
    """A model in which one unit speaks and another hears."""

    def round_trip(self) -> float:
        """Seconds from a change of config here to the commit of the hook that hears it there."""
        before = self._heard()
        self.greeting += 1
        start = time.perf_counter()
        version = self.call("watch", after=-1)
        values = {"greeting": f"hello {self.greeting}"}
        self.call("set_config", application="small", values=values, reset=[])
        while self._heard() == before:
            version = self.call("watch", after=version)
        return time.perf_counter() - start

    def _heard(self) -> int:
        seen = self.call("snapshot")["units"]["other/0"]["local"]["relations"]["0"]
        return seen["joined"]["small/0"]

    def dispatches(self) -> float:
        """Seconds of the two dispatches alone, one after the other."""
        there = {
            "JUJU_DISPATCH_PATH": "hooks/right-relation-changed",
            "JUJU_HOOK_NAME": "right-relation-changed",
            "JUJU_RELATION": "right",
            "JUJU_RELATION_ID": "right:0",
            "JUJU_REMOTE_APP": "other",
            "JUJU_REMOTE_UNIT": "other/0",
        }
        start = time.perf_counter()
        for extra in ({}, there):
            environment = {**self.environment, **extra}
            program = [self.charm / "dispatch"]
            subprocess.run(program, cwd=self.charm, env=environment, check=True)
        return time.perf_counter() - start


def main() -> int:
    """Measure in an engine of its own; 1 when it is too slow."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with own_engine() as (client, directory):
        bench = Bench(client, directory, CHARM)
        for _ in range(hook.WARM_UP):
            bench.round_trip()
            bench.dispatches()
        pairs = [(bench.round_trip(), bench.dispatches()) for _ in range(rounds)]
    there, alone = (statistics.median(times) for times in zip(*pairs, strict=True))
    found = {
        "benchmark": "roundtrip",
        "engine_ms": round(there * 1000, 1),
        "dispatches_ms": round(alone * 1000, 1),
        "ratio": round(there / alone, 3),
        "limit": LIMIT,
        "rounds": rounds,
        "within": there / alone <= LIMIT,
    }
    print(json.dumps(found))
    return 0 if found["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
