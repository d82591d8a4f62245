# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A subordinate through jubilant's eyes: it comes with units, is shown below them, and goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jubilant
import pytest

from tests.integration.test_engine import PATIENCE, hooks_of, settled


def test_subordinate_comes_and_goes_with_its_principal(
    juju: jubilant.Juju, charm: Callable[[str], Path]
) -> None:
    juju.deploy(charm("tap"), num_units=2)
    juju.deploy(charm("lid"))
    juju.integrate("tap", "lid")

    def covered(status: jubilant.Status) -> bool:
        found = [u for name in status.apps["tap"].units.values() for u in name.subordinates]
        return sorted(found) == ["lid/0", "lid/1"] and settled(status)

    status = juju.wait(covered, timeout=PATIENCE, delay=0.3)
    lid = status.apps["lid"]
    assert (lid.subordinate_to, lid.units) == (["tap"], {})
    for principal, unit in status.apps["tap"].units.items():
        [(name, subordinate)] = unit.subordinates.items()
        assert subordinate.workload_status.message == f"on {principal}"
        assert subordinate.public_address == unit.public_address
        assert not subordinate.machine
        assert "under-relation-joined" in hooks_of(juju, name)
    table = juju.cli("status", "--relations")
    rows = [line.split() for line in table.splitlines()]
    assert "\n  lid/" in table
    assert ["tap:juju-info", "lid:under", "juju-info", "subordinate"] in rows
    with pytest.raises(jubilant.CLIError) as refusal:
        juju.remove_unit("lid/0")
    assert "is a subordinate, to remove use remove-relation" in refusal.value.stderr
    juju.remove_unit("tap/1")
    juju.wait(lambda s: list(s.apps["tap"].units) == ["tap/0"], timeout=PATIENCE, delay=0.3)
    juju.remove_relation("tap", "lid")
    status = juju.wait(
        lambda s: not s.apps["tap"].units["tap/0"].subordinates, timeout=PATIENCE, delay=0.3
    )
    assert "lid" in status.apps
    assert hooks_of(juju, "lid/0")[-2:] == ["stop", "remove"]
