# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the day-2 machinery adds to an operation: `python -m tests.benchmarks.operations [ROUNDS]`.

Five applications with nine units in all, and a plan of three steps of which each asks all of them
for a verb that does nothing: from the action until day2 says how it ended. Against that, the hooks
in which the verb is done, and nothing else: nine dispatches three times over, as many at a time
as there are cores, by hand, with every hook tool replaced by a shell script that prints canned
JSON. Both in one run, in turns; prints one JSON line with the medians in milliseconds and their
ratio, and fails beyond the limit. Packs the charms first.
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from onebox.client import Client
from tests.benchmarks.own_engine import own_engine, wait_active

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 3.0
ROUNDS = 5
PATIENCE = 300.0
UNITS = {"one": 2, "two": 2, "three": 2, "four": 2, "five": 1}
STEPS = ("first", "second", "third")

PLAN = "name: idle\ndescription: Nothing, three times.\nsteps:\n" + "".join(
    f"  - {{name: {step}, verb: idle, applications: [{', '.join(UNITS)}]}}\n" for step in STEPS
)
FILES = {
    "metadata.yaml": """\
name: idle
summary: Offers a verb that does nothing.
description: For the benchmark of the day-2 machinery.
provides: {operations: {interface: dataops_operations}}
""",
    "manifest.yaml": "bases: [{name: ubuntu, channel: '24.04', architectures: [amd64, arm64]}]\n",
    "src/charm.py": """\
import ops

from dataops.interfaces.operations import OperationsProvider
from dataops.operations import NoParams, Result, Verb
from dataops.reconciler import observe_all

IDLE = Verb(name="idle", description="", params=NoParams, result=Result, run=lambda _: Result())


class IdleCharm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        self.verbs = OperationsProvider(self, "operations", (IDLE,))
        observe_all(self, self._reconcile)

    def _reconcile(self, _):
        self.verbs.publish_catalogue()
        self.verbs.run_due(None, None)
        self.unit.status = ops.ActiveStatus()


ops.main(IdleCharm)
""",
}
TASK = {"operation": 1, "step": "first", "verb": "idle", "attempt": 1}
CANNED = {
    "relation-ids": '["operations:0"]',
    "relation-list": '["day2/0"]',
    "is-leader": "true",
}
APPLICATION_CANNED = {
    "relation-list": '"day2"',
    "relation-get": json.dumps({"task": json.dumps(TASK)}),
}


def packed(name: str) -> Path:
    """A charm of ours, packed for this host."""
    command = [sys.executable, ROOT / "tools" / "pack.py", name]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return next((ROOT / "charms" / name).glob("*.charm"))


def idle_charm(directory: Path) -> Path:
    """The charm that does nothing, with the packages and the start of one of ours."""
    target = directory / "idle.charm"
    with zipfile.ZipFile(packed("certificates")) as ours, zipfile.ZipFile(target, "w") as out:
        for entry in ours.infolist():
            if entry.filename.startswith("venv/") or entry.filename == "dispatch":
                out.writestr(entry, ours.read(entry))
        for name, text in FILES.items():
            out.writestr(name, text)
    return target


def canned_tools(directory: Path, tools: Path) -> Path:
    """Scripts with the names of all hook tools; those not in `CANNED` print nothing, or `{}`."""
    canned = directory / "canned"
    canned.mkdir()
    for tool in tools.iterdir():
        answer = CANNED.get(tool.name, "{}" if tool.name.endswith("-get") else "")
        other = APPLICATION_CANNED.get(tool.name, answer)
        script = (
            f"#!/bin/sh\ncase \"$*\" in *--app*) echo '{other}' ;; *) echo '{answer}' ;; esac\n"
        )
        (canned / tool.name).write_text(script)
        (canned / tool.name).chmod(0o755)
    return canned


class Bench:
    """A model with day2 and the applications that it asks."""

    def __init__(self, client: Client, directory: Path) -> None:
        self.client = client
        client.call("add_model", name="bench")
        url = self.call("upload_charm", path=str(idle_charm(directory)))["url"]
        day2 = self.call("upload_charm", path=str(packed("day2")))["url"]
        self.call("deploy", application="day2", charm_url=day2, config={"plans": PLAN})
        for name, units in UNITS.items():
            self.call("deploy", application=name, charm_url=url, units=units)
            self.call("integrate", a=f"{name}:operations", b="day2:operations")
        self.names = [f"{name}/{n}" for name, units in UNITS.items() for n in range(units)]
        wait_active(client, "bench", "day2/0", *self.names)
        self._until_it_can_begin()
        environments = [self._environment(name) for name in self.names]
        tools = Path(environments[0]["PATH"].partition(":")[0])
        self.canned = canned_tools(directory, tools)
        self.environments = [self._canned(found) for found in environments]

    def call(self, method: str, **parameters: Any) -> Any:
        """Ask the engine about the model."""
        return self.client.call(method, model="bench", **parameters)

    def action(self, name: str, **parameters: Any) -> dict[str, Any]:
        """The results of an action of day2's.

        Raises:
            SystemExit: it failed.
        """
        asked = self.call("enqueue", targets=["day2/0"], action=name, parameters=parameters)
        version, deadline = -1, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            (task,) = self.call("operation", id=asked["id"])["tasks"]
            if task["status"] == "completed":
                return task["results"]
            if task["status"] not in ("pending", "running"):
                raise SystemExit(f"{name}: {task['message']}")
            version = self.call("watch", after=version)
        raise SystemExit(f"{name} does not end")

    def _until_it_can_begin(self) -> None:
        """Wait until every application has told day2 what it can do."""
        deadline = time.monotonic() + PATIENCE
        told: dict[str, Any] = {}
        while time.monotonic() < deadline:
            told = self.action("run-operation", plan="idle", **{"dry-run": True})
            if told["ready"] == "true":
                return
            time.sleep(0.5)
        raise SystemExit(f"The plan cannot begin: {json.dumps(told['preconditions'])}")

    def _environment(self, unit: str) -> dict[str, str]:
        """With what the engine runs a unit's hooks."""
        answer = self.call("run_commands", unit=unit, commands="env -0")["stdout"]
        pairs = (entry.partition("=") for entry in answer.split("\0") if "=" in entry)
        return {name: value for name, _, value in pairs}

    def _canned(self, found: dict[str, str]) -> dict[str, str]:
        """The environment of the hook that a task causes, with the canned tools."""
        return {
            **found,
            "PATH": f"{self.canned}:{found['PATH'].partition(':')[2]}",
            "JUJU_HOOK_NAME": "operations-relation-changed",
            "JUJU_DISPATCH_PATH": "hooks/operations-relation-changed",
            "JUJU_RELATION": "operations",
            "JUJU_RELATION_ID": "operations:0",
            "JUJU_REMOTE_APP": "day2",
        }

    def operation(self) -> float:
        """Seconds from the action until day2 says that the operation went well."""
        start = time.perf_counter()
        number = self.action("run-operation", plan="idle")["operation"]
        version, deadline = -1, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            status = self.call("snapshot")["units"]["day2/0"]["workload"]
            if f"idle #{number}:" in status["message"] and status["current"] != "maintenance":
                break
            version = self.call("watch", after=version)
        if status["current"] != "active":
            raise SystemExit(f"The operation did not go well: {status['message']}")
        return time.perf_counter() - start

    def bare(self) -> float:
        """Seconds of the dispatches in which the verb is done: a step after the other."""
        start = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as cores:
            for _ in STEPS:
                for _ in cores.map(dispatch, self.environments):
                    pass
        return time.perf_counter() - start


def dispatch(environment: dict[str, str]) -> None:
    """One hook, by hand."""
    charm = Path(environment["JUJU_CHARM_DIR"])
    subprocess.run([charm / "dispatch"], cwd=charm, env=environment, check=True)


def measure(bench: Bench, rounds: int) -> dict[str, Any]:
    """The medians of both, taken in turns so that a busy machine is busy for both."""
    bench.operation()
    bench.bare()
    pairs = [(bench.operation(), bench.bare()) for _ in range(rounds)]
    whole, bare = (statistics.median(times) for times in zip(*pairs, strict=True))
    return {
        "benchmark": "operations",
        "operation_ms": round(whole * 1000),
        "bare_ms": round(bare * 1000),
        "ratio": round(whole / bare, 2),
        "limit": LIMIT,
        "rounds": rounds,
        "cores": os.cpu_count(),
        "within": whole <= LIMIT * bare,
    }


def main() -> int:
    """Measure in an engine of its own; 1 when it is too slow."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with own_engine() as (client, directory):
        result = measure(Bench(client, directory), rounds)
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
