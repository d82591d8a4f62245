# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which endpoints match, and Juju's words when none or several do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from onebox.changes import edit, relations, units
from onebox.errors import Refused
from onebox.model import Endpoint

if TYPE_CHECKING:
    from conftest import World


def also(world: World, application: str, name: str, role: str, interface: str, **more: object):
    """Adds an endpoint to an application's charm."""
    charm = world.model.charm_of(application)
    end = Endpoint(application="", name=name, role=role, interface=interface, **more)
    charm = edit.replace(charm, endpoints={**charm.endpoints, name: end})
    world.model = edit.put(world.model, "charms", charm.url, charm)


@pytest.fixture
def world(world: World) -> World:
    world.deploy("pg")
    world.deploy("web")
    return world


def test_one_explicit_pair_wins_over_the_implicit_endpoint(world: World) -> None:
    also(world, "web", "info", "requirer", "juju-info")
    number = world.integrate("pg:db", "web")
    assert world.model.relations[number].key == "web:backend pg:db"


def test_the_implicit_endpoint_matches_when_nothing_else_does(world: World) -> None:
    also(world, "web", "info", "requirer", "juju-info")
    number = world.integrate("pg", "web:info")
    assert world.model.relations[number].key == "web:info pg:juju-info"
    world.settle()
    assert not [h for h in world.hooks("pg/0") if "info" in h]
    assert [h for h in world.hooks("web/0") if "info" in h] == ["info-relation-created (pg)"]


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (
            "pg:db",
            "web:db",
            'cannot relate endpoints "pg:db" and "web:db": '
            "no compatible endpoints found between applications",
        ),
        (
            "pg:db",
            "pg:db",
            'cannot relate endpoints "pg:db" and "pg:db": '
            "no compatible endpoints found between applications",
        ),
        (
            "pg:nosuch",
            "web:db",
            'cannot relate endpoints "pg:nosuch" and "web:db": '
            "no candidates for pg:nosuch: relation endpoint not found",
        ),
        (
            "nosuch",
            "web",
            'cannot relate endpoints "nosuch" and "web": '
            "no candidates for nosuch: relation endpoint not found",
        ),
        (
            "pg",
            "web",
            'cannot relate endpoints "pg" and "web": ambiguous relation: "pg web" could refer to '
            '"pg:backend web:db"; "pg:db web:backend"',
        ),
    ],
)
def test_refusals(world: World, a: str, b: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        world.integrate(a, b)
    prefix = f'adding relation between endpoints "{a}" and "{b}": '
    assert refused.value.message == prefix + message


def test_a_relation_exists_once_until_its_last_hook_has_run(world: World) -> None:
    number = world.integrate("pg:db", "web")
    world.settle()
    world.model = relations.remove(world.model, number)
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            world.integrate("pg:db", "web:backend")
        assert refused.value.message == (
            'adding relation between endpoints "pg:db" and "web:backend": cannot add relation '
            '"pg:db", "web:backend": relation pg:db web:backend: already exists'
        )
    world.settle()
    assert world.integrate("pg:db", "web:backend") == number + 1


def test_a_limit_is_a_limit(world: World) -> None:
    world.deploy("other")
    also(world, "web", "backend", "requirer", "sql", limit=1)
    world.integrate("web:backend", "pg")
    with pytest.raises(Refused, match="would exceed its maximum relation limit of 1"):
        world.integrate("web:backend", "other")


def test_what_is_not_there_cannot_be_removed(world: World) -> None:
    with pytest.raises(Refused) as refused:
        relations.find(world.model, "pg:db", "web:other")
    assert refused.value.message == (
        "relation with endpoints [pg:db web:other] or id 0 not found (not found)"
    )


def test_force_does_not_wait_for_a_unit_in_error(world: World) -> None:
    number = world.integrate("web:backend", "pg")
    world.settle()
    world.fails = lambda unit, hook: unit == "pg/0"
    world.model = relations.update_bag(world.model, number, "web/0", {"k": "v"})
    world.settle()
    world.model = units.sweep(relations.remove(world.model, number))
    world.settle("web/0")
    assert number in world.model.relations
    world.model = units.sweep(relations.remove(world.model, number, force=True))
    assert number not in world.model.relations


def test_an_identical_write_is_no_new_version(world: World) -> None:
    number = world.integrate("web:backend", "pg")
    model = relations.update_bag(world.model, number, "pg", {"a": "1", "b": ""})
    bag = model.relations[number].applications["pg"]
    assert (bag.data, bag.version) == ({"a": "1"}, 1)
    assert relations.update_bag(model, number, "pg", {"a": "1"}) is model
    model = relations.update_bag(model, number, "pg", {"a": ""})
    assert model.relations[number].applications["pg"].version == 2
    assert relations.update_bag(model, 99, "pg", {"a": "1"}) is model


@pytest.mark.parametrize(
    ("typed", "named"),
    [(("pg:db", "web"), "pg:db web:backend"), (("web", "pg:db"), "web:backend pg:db")],
)
def test_a_relation_that_is_there_is_named_as_it_was_typed(
    world: World, typed: tuple[str, str], named: str
) -> None:
    world.integrate("pg:db", "web")
    with pytest.raises(Refused, match=f"relation {named}: already exists"):
        relations.add(world.model, *typed, world.now)
