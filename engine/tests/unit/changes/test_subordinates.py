# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Subordinates come with their principal's units, see only these, and go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from onebox.changes import applications, edit, relations, subordinates, units
from onebox.errors import Refused
from onebox.model import Endpoint

if TYPE_CHECKING:
    from conftest import World


@pytest.fixture
def world(world: World) -> World:
    """`web` with two units, and `agent`, a subordinate that fits on everything."""
    world.deploy("web", 2)
    world.deploy("agent", 0)
    charm = world.model.charm_of("agent")
    wanted = Endpoint(
        application="", name="host", interface="juju-info", role="requirer", scope="container"
    )
    kept = {"host": wanted, "cluster": charm.endpoints["cluster"]}
    charm = edit.replace(charm, subordinate=True, endpoints=kept)
    world.model = edit.put(world.model, "charms", charm.url, charm)
    world.settle()
    return world


def together(world: World) -> int:
    number = world.integrate("agent", "web")
    world.model = subordinates.settle(world.model, world.now)
    world.settle()
    return number


def test_each_principal_gets_one_on_its_machine(world: World) -> None:
    together(world)
    found = {u.principal: (u.name, u.machine) for u in world.model.units_of("agent")}
    machines = {u.name: u.machine for u in world.model.units_of("web")}
    assert {p: m for p, (_, m) in found.items()} == machines
    assert world.model.applications["agent"].leader


def test_a_new_principal_unit_brings_its_own_once_it_is_installed(world: World) -> None:
    together(world)
    world.model = units.add(world.model, "web", 1, (), world.now)
    assert len(world.model.units_of("agent")) == 2
    world.settle()
    assert [u.principal for u in world.model.units_of("agent")] == ["web/0", "web/1", "web/2"]


def test_only_the_own_principal_is_seen(world: World) -> None:
    together(world)
    unit = world.model.units_of("agent")[0]
    hooks = world.hooks(unit.name)
    assert hooks[0] == "install"
    assert "host-relation-created (web)" in hooks
    assert [h for h in hooks if "host-relation-joined" in h] == [
        f"host-relation-joined {unit.principal}"
    ]
    assert f"host-relation-changed {unit.principal}" in hooks
    assert not [h for h in world.hooks(unit.principal) if "juju-info" in h]


def test_removed_relation_takes_all_of_them_along(world: World) -> None:
    number = together(world)
    for name in ("agent/0", "agent/1"):
        world.hooks(name)
    removed = units.sweep(relations.remove(world.model, number))
    world.model = subordinates.settle(removed, world.now)
    world.settle()
    assert world.model.units_of("agent") == []
    assert world.hooks("agent/0") == [
        "host-relation-departed web/0 departing=web/0",
        "host-relation-broken (web)",
        "cluster-relation-departed agent/1 departing=agent/0",
        "stop",
        "remove",
    ]
    assert "agent" in world.model.applications
    assert number not in world.model.relations


def test_a_principal_waits_for_its_subordinates(world: World) -> None:
    together(world)
    world.model = units.remove(world.model, "web/0", False)
    world.settle("web/0")
    assert "web/0" in world.model.units, "its subordinate has not gone yet"
    world.settle()
    assert "web/0" not in world.model.units
    assert [u.principal for u in world.model.units_of("agent")] == ["web/1"]


def test_removed_principal_application_leaves_nothing(world: World) -> None:
    together(world)
    world.model = units.sweep(applications.remove(world.model, "web", False))
    world.settle()
    assert world.model.units == {}
    assert list(world.model.applications) == ["agent"]
    assert not world.model.machines


def test_refusals(world: World) -> None:
    together(world)
    with pytest.raises(Refused, match='cannot add unit to application "agent": it is a subord'):
        units.add(world.model, "agent", 1, (), world.now)
    with pytest.raises(Refused, match='unit "agent/0" is a subordinate, to remove use remove-rel'):
        subordinates.refuse_alone(world.model, "agent/0")


def test_container_scope_needs_a_subordinate(world: World) -> None:
    world.deploy("pg")
    charm = world.model.charm_of("pg")
    end = edit.replace(charm.endpoints["db"], scope="container")
    charm = edit.replace(charm, endpoints={"db": end})
    world.model = edit.put(world.model, "charms", charm.url, charm)
    with pytest.raises(Refused, match="no compatible endpoints found"):
        relations.add(world.model, "pg:db", "web:backend", world.now)
