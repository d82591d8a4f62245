# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the engine adds to one hook: `python tests/benchmarks/hook.py [ROUNDS]`.

One hook of a small `ops` charm that reads its config, a relation and leadership and sets a status,
from the change that causes it to its commit, against the same `dispatch` with every hook tool
replaced by a shell script that prints canned JSON. Both in one run, in turns; prints one JSON
line with the medians in milliseconds and their ratio, and fails beyond the limit.
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
ROUNDS = 25
WARM_UP = 3
PYTHON = "/usr/bin/python3"

METADATA = """\
name: small
summary: A charm that only looks around.
description: Reads its config, a relation and leadership, and sets a status.
provides: {left: {interface: small}}
requires: {right: {interface: small}}
"""
MANIFEST = "bases: [{name: ubuntu, channel: '24.04', architectures: [amd64, arm64]}]\n"
CONFIG = "options: {greeting: {type: string, default: hello}}\n"
DISPATCH = f"""\
#!/bin/sh
JUJU_DISPATCH_PATH="${{JUJU_DISPATCH_PATH:-$0}}" PYTHONPATH=lib:venv exec {PYTHON} src/charm.py
"""
CHARM = """\
import ops


class SmallCharm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        for event in (self.on.config_changed, self.on.left_relation_changed):
            framework.observe(event, self._look)

    def _look(self, _):
        relation = self.model.get_relation("left")
        if relation is None:
            return
        units = {unit.name: dict(relation.data[unit]) for unit in relation.units}
        remote = dict(relation.data[relation.app])
        leads = self.unit.is_leader()
        greeting = self.config["greeting"]
        self.unit.status = ops.ActiveStatus(f"{greeting} {len(units)} {len(remote)} {leads}")


ops.main(SmallCharm)
"""
BAG = '{"egress-subnets":"127.0.0.2/32","ingress-address":"127.0.0.2"}'
CANNED = {
    "config-get": '{"greeting":"hello"}',
    "is-leader": "true",
    "relation-ids": '["left:0"]',
    "relation-list": '["other/0"]',
    "relation-get": BAG,
    "relation-set": "",
    "status-set": "",
    "juju-log": "",
}
APPLICATION_CANNED = {"relation-list": '"other"', "relation-get": "{}"}


def pack(directory: Path, source: str = CHARM) -> Path:
    """A charm of that source, with `ops` for the interpreter that hooks run with."""
    root = directory / "charm"
    (root / "src").mkdir(parents=True)
    target = ["--python", PYTHON, "--target", str(root / "venv")]
    subprocess.run(["uv", "pip", "install", "--quiet", *target, "ops"], check=True)
    for name, text in {
        "metadata.yaml": METADATA,
        "manifest.yaml": MANIFEST,
        "config.yaml": CONFIG,
        "src/charm.py": source,
        "dispatch": DISPATCH,
    }.items():
        (root / name).write_text(text)
    (root / "dispatch").chmod(0o755)
    archive = directory / "small.charm"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(root.rglob("*")):
            out.write(path, path.relative_to(root))
    return archive


def canned_tools(directory: Path) -> Path:
    """Scripts with the names of the hook tools that the charm uses."""
    tools = directory / "canned"
    tools.mkdir()
    for name, answer in CANNED.items():
        other = APPLICATION_CANNED.get(name, answer)
        script = (
            f"#!/bin/sh\ncase \"$*\" in *--app*) echo '{other}' ;; *) echo '{answer}' ;; esac\n"
        )
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    return tools


class Bench:
    """A model with two related applications, whose hooks are timed."""

    def __init__(self, client: Client, directory: Path, source: str = CHARM) -> None:
        self.client = client
        self.greeting = 0
        self.call("add_model", model="", name="bench")
        url = self.call("upload_charm", path=str(pack(directory, source)))["url"]
        for name in ("small", "other"):
            self.call("deploy", application=name, charm_url=url)
        self.call("integrate", a="small:left", b="other:right")
        self.settled()
        self.canned = canned_tools(directory)
        self.charm, self.environment = self._environment()

    def call(self, method: str, model: str = "bench", **parameters: Any) -> Any:
        """Ask the engine."""
        return self.client.call(method, **({"model": model} if model else {}), **parameters)

    def settled(self) -> None:
        """Wait until both units have told each other everything and have nothing to do."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            units = self.call("snapshot")["units"]
            told = [u["local"]["relations"].get("0", {}).get("joined") for u in units.values()]
            if all(told) and all(u["agent"]["current"] == "idle" for u in units.values()):
                return
            time.sleep(0.2)
        raise SystemExit("the units do not settle; see the engine's daemon.log")

    def _environment(self) -> tuple[Path, dict[str, str]]:
        """Where and with what the engine runs the unit's hooks."""
        answer = self.call("run_commands", unit="small/0", commands="env -0")["stdout"]
        pairs = (entry.partition("=") for entry in answer.split("\0") if "=" in entry)
        found = {name: value for name, _, value in pairs}
        found["PATH"] = f"{self.canned}:{found['PATH'].partition(':')[2]}"
        found |= {"JUJU_HOOK_NAME": "config-changed"}
        found |= {"JUJU_DISPATCH_PATH": "hooks/config-changed"}
        return Path(found["JUJU_CHARM_DIR"]), found

    def engine_hook(self) -> float:
        """Seconds from a change of config to the commit of its hook."""
        before = self._config_hash()
        self.greeting += 1
        start = time.perf_counter()
        version = self.call("watch", after=-1)
        values = {"greeting": f"hello {self.greeting}"}
        self.call("set_config", application="small", values=values, reset=[])
        while self._config_hash() == before:
            version = self.call("watch", after=version)
        return time.perf_counter() - start

    def _config_hash(self) -> str:
        return self.call("snapshot")["units"]["small/0"]["local"]["config_hash"]

    def canned_hook(self) -> float:
        """Seconds of the same dispatch with canned tools."""
        start = time.perf_counter()
        program = [self.charm / "dispatch"]
        subprocess.run(program, cwd=self.charm, env=self.environment, check=True)
        return time.perf_counter() - start


def measure(bench: Bench, rounds: int) -> dict[str, Any]:
    """The medians of both, taken in turns so that a busy machine is busy for both."""
    for _ in range(WARM_UP):
        bench.engine_hook()
        bench.canned_hook()
    pairs = [(bench.engine_hook(), bench.canned_hook()) for _ in range(rounds)]
    engine, canned = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = engine / canned
    return {
        "benchmark": "hook",
        "engine_ms": round(engine * 1000, 1),
        "canned_ms": round(canned * 1000, 1),
        "ratio": round(ratio, 3),
        "limit": LIMIT,
        "rounds": rounds,
        "within": ratio <= LIMIT,
    }


def main() -> int:
    """Measure in an engine of its own; 1 when it is too slow."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory(prefix="onebox-bench-") as name:
        directory = Path(name)
        os.environ["ONEBOX_HOME"] = str(directory / "home")
        client = Client(Home(directory / "home"))
        try:
            result = measure(Bench(client, directory), rounds)
        finally:
            onebox = Path(sys.executable).with_name("onebox")
            subprocess.run([onebox, "destroy", "--yes"], check=False, stdout=subprocess.DEVNULL)
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
