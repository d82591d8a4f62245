# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs inside the booted machine, as root, in the place of a hook of prometheus-bridge.

Does what the charm does at install, at a new relation, and at its end, with the charm's own files
and the attached archive; writes what it saw to `result.json` beside it.
"""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from accounts import OWN, Accounts, Holder
from bridge import SERVICE, Bridge
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.host.users import ensure_user
from dataops.interfaces.prometheus_scrape import ScrapeSource
from dataops.interfaces.topology import Topology
from ledger import made
from observed import Config, Observed
from plan import Retire, plan

PLACE = Path(__file__).parent
CHARM = Path(os.environ["JUJU_CHARM_DIR"])
UNIT_FILE = "dataops-prometheus-0-prometheus.service"
TOPOLOGY = Topology(
    model="m",
    model_uuid="12345678-0000-4000-8000-000000000000",
    application="prometheus",
    unit="prometheus/0",
    charm_name="prometheus-bridge",
)
RULES = {"groups": [{"name": "g", "rules": [{"alert": "Proof", "expr": "up == 0"}]}]}


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute."""
    end = time.monotonic() + 60
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.1)
    return met


def systemctl(*arguments: str) -> str:
    """What systemctl prints."""
    done = subprocess.run(["systemctl", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def prove(saw: dict[str, Any]) -> None:
    """One unit's life; every observation under its name."""
    paths = UnitPaths.beside(CHARM)
    manager = services.manager(paths, "prometheus/0")
    saw["manager"] = type(manager).__name__
    user = ensure_user("prometheus")
    saw["user"] = user
    bridge = Bridge(paths, manager, CHARM / "workload.txt", user)

    def facts(*sources: ScrapeSource) -> Observed:
        return Observed(
            topology=TOPOLOGY,
            address="127.0.0.1",
            paths=paths,
            config=Config(scrape_interval="1s"),
            sources=sources,
            data=Path("/var/lib/juju/storage/data/0"),
            archive=PLACE / "prometheus.tar.gz",
            accounts=Accounts({OWN: Holder(1, made(OWN))}),
        )

    first = facts()
    assert first.data is not None
    first.data.mkdir(parents=True)
    bridge.converge(plan(first))
    condition = bridge.condition(first.url, first.data, first.user)
    saw["failure"], saw["ready"] = condition.failure, condition.ready
    pid = manager.state(SERVICE).pid
    saw["runs_as"] = pwd.getpwuid(Path(f"/proc/{pid}").stat().st_uid).pw_name
    saw["active"] = systemctl("is-active", UNIT_FILE)
    saw["enabled"] = systemctl("is-enabled", UNIT_FILE)

    bridge.converge(plan(facts(ScrapeSource(7, "kafka", TOPOLOGY, alert_rules=RULES))))
    api = bridge.api(first.url, first.user)
    saw["reloaded"] = "Proof" in [rule["name"] for rule in api.rules()]
    saw["same_process"] = manager.state(SERVICE).pid == pid

    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    saw["came_back"] = eventually(
        lambda: manager.state(SERVICE).pid not in (None, pid) and api.ready()
    )

    bridge.converge((Retire(),))
    saw["gone"] = not api.ready() and systemctl("list-unit-files", UNIT_FILE, "--no-legend") == ""
    saw["left_behind"] = sorted(path.name for path in CHARM.parent.iterdir())


def main() -> None:
    """Writes what was seen, whatever happens."""
    saw: dict[str, Any] = {}
    try:
        prove(saw)
    except BaseException:
        saw["error"] = traceback.format_exc()
    (PLACE / "result.json").write_text(json.dumps(saw, indent=1))


if __name__ == "__main__":
    main()
