# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every change of a status is written down once, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from onebox import history
from onebox.logs import ModelLog
from onebox.store import Store

if TYPE_CHECKING:
    from conftest import World


def test_life_of_a_unit_as_juju_tells_it(world: World, tmp_path: Path) -> None:
    store, log = Store(tmp_path / "db"), ModelLog(tmp_path / "log")
    store.create(world.model)
    store.on_change(lambda difference: history.record(log, difference))
    world.deploy("pg")
    store.transact("m", lambda _: world.model)
    for _ in range(40):
        world.step("pg/0")
        store.transact("m", lambda _: world.model)
    told = [(e["module"], e["level"], e["message"]) for e in log.read() if e["entity"] == "pg/0"]
    assert told[:4] == [
        ("workload", "waiting", "installing agent"),
        ("workload", "waiting", "agent initialising"),
        ("workload", "maintenance", "installing charm software"),
        ("juju-unit", "executing", "running install hook"),
    ]
    assert len(told) == len([t for i, t in enumerate(told) if not i or told[i - 1] != t])
    log.remove()
    store.close()
