# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Deploying, configuring, refreshing: what is recorded and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from onebox.changes import applications, charms, config, edit, machines, models, units
from onebox.changes.applications import Deployment
from onebox.errors import Refused
from onebox.model import Exposure, Option

if TYPE_CHECKING:
    from conftest import World


@pytest.fixture
def world(world: World) -> World:
    world.deploy("app", k="set")
    charm = world.model.charm_of("app")
    options = {
        **charm.options,
        "count": Option(type="int", default=1),
        "flag": Option(type="boolean"),
        "ratio": Option(type="float"),
        "key": Option(type="secret"),
    }
    world.model = edit.put(world.model, "charms", charm.url, edit.replace(charm, options=options))
    return world


def test_a_name_is_taken_once(world: World) -> None:
    asked = Deployment(application="app", charm_url="local:app-0")
    with pytest.raises(Refused) as refused:
        applications.deploy(world.model, asked, world.now)
    assert refused.value.message == (
        'cannot deploy "app": creating application "app": creating IAAS application "app": '
        'inserting IAAS application "app": checking if application "app" exists: '
        "application already exists"
    )


def test_an_unknown_option_stops_a_deployment(world: World) -> None:
    asked = Deployment(application="b", charm_url="local:app-0", config={"nosuch": 1})
    with pytest.raises(Refused) as refused:
        applications.deploy(world.model, asked, world.now)
    assert refused.value.message == (
        'cannot deploy "b": preparing application args: validating create application args: '
        'validating application config: unknown option "nosuch"'
    )


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("k", "", ""),
        ("count", "3", 3),
        ("count", 3, 3),
        ("flag", "True", True),
        ("flag", "0", False),
        ("ratio", "1.5", 1.5),
        ("ratio", "2", 2),
    ],
)
def test_values_take_the_type_of_their_option(
    world: World, name: str, given: object, kept: object
) -> None:
    model = config.set_values(world.model, "app", {name: given}, ())
    found = model.applications["app"].config[name]
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"count": "abc"}, 'option "count" expected int, got "abc"'),
        ({"count": True}, 'option "count" expected int, got True'),
        ({"count": "1_0"}, 'option "count" expected int, got "1_0"'),
        ({"count": str(2**63)}, f'option "count" expected int, got "{2**63}"'),
        ({"ratio": "inf"}, 'option "ratio" expected float, got "inf"'),
        (
            {"trust": "perhaps"},
            'parsing trust setting: strconv.ParseBool: parsing "perhaps": invalid syntax',
        ),
        ({"flag": "maybe"}, 'option "flag" expected boolean, got "maybe"'),
        ({"nosuch": "1"}, 'unknown option "nosuch"'),
    ],
)
def test_values_that_do_not_fit(world: World, values: dict[str, object], message: str) -> None:
    with pytest.raises(Refused) as refused:
        config.set_values(world.model, "app", values, ())
    assert refused.value.message == message


def test_trust_may_come_as_an_option(world: World) -> None:
    model = config.set_values(world.model, "app", {"trust": "true"}, ())
    assert model.applications["app"].trust
    assert not config.set_values(model, "app", {}, ("trust",)).applications["app"].trust


def test_a_refresh_keeps_what_still_fits(world: World) -> None:
    model = config.set_values(world.model, "app", {"count": 2}, ())
    old = model.charm_of("app")
    fresh = edit.replace(old, digest="other", options={"k": old.options["k"]})
    model, new = charms.upload(model, fresh)
    assert (new.url, new.revision) == ("local:app-0", 0)
    model = applications.refresh(model, "app", new.url, {}, {}, False, world.now)
    assert model.applications["app"].config == {"k": "set"}
    assert model.applications["app"].charm_modified == 1


def test_a_refresh_may_not_break_a_relation(world: World) -> None:
    world.deploy("pg")
    world.integrate("app:backend", "pg:db")
    old = world.model.charm_of("app")
    ends = {k: v for k, v in old.endpoints.items() if k != "backend"}
    model, new = charms.upload(world.model, edit.replace(old, digest="x", endpoints=ends))
    with pytest.raises(Refused, match=r'would break relation "app:backend pg:db"'):
        applications.refresh(model, "app", new.url, {}, {}, False, world.now)


def test_each_upload_is_a_revision_of_its_own(world: World) -> None:
    charm = edit.replace(world.model.charm_of("app"), name="fresh", digest="1")
    model, first = charms.upload(world.model, charm)
    model, again = charms.upload(model, charm)
    model, second = charms.upload(model, edit.replace(charm, digest="2"))
    assert [first.url, again.url, second.url] == [
        "local:fresh-0",
        "local:fresh-1",
        "local:fresh-2",
    ]


def test_placement(world: World) -> None:
    model = units.add(world.model, "app", 3, ("0", "new", "lxd:0"), world.now)
    assert [u.machine for u in model.units_of("app")] == ["0", "0", "1", "0/lxd/0"]
    with pytest.raises(Refused, match='machine with name "9" does not exist'):
        units.add(model, "app", 1, ("9",), world.now)
    with pytest.raises(Refused, match="too many placement directives"):
        units.add(model, "app", 1, ("0", "0"), world.now)


def test_a_machine_stays_as_long_as_somebody_needs_it(world: World) -> None:
    model = units.add(world.model, "app", 1, ("0",), world.now)
    model, kept = machines.place(model, "", model.applications["app"].base, world.now, kept=True)
    model = units.gone(model, "app/0", world.now)
    assert set(model.machines) == {"0", kept}
    model = units.gone(model, "app/1", world.now)
    assert set(model.machines) == {kept}


def test_a_machine_removed_by_force_takes_its_units_along(world: World) -> None:
    model = units.add(world.model, "app", 2, ("0", "lxd:0"), world.now)
    with pytest.raises(Refused, match='machine 0 has unit "app/0" assigned'):
        units.remove_machine(model, "0", force=False)
    without_units = units.add(world.model, "app", 1, ("lxd:0",), world.now)
    without_units = edit.drop(without_units, "units", *without_units.units)
    with pytest.raises(Refused, match='machine 0 is hosting containers "0/lxd/0"'):
        units.remove_machine(without_units, "0", force=False)
    model = units.remove_machine(model, "0", force=True)
    assert {unit.life for unit in model.units.values()} == {"dying"}
    for unit in tuple(model.units):
        model = units.gone(model, unit, world.now)
    assert not model.machines
    with pytest.raises(Refused, match='machine "0" not found'):
        units.remove_machine(model, "0", force=True)


@pytest.mark.parametrize("value", ["", "secret:d1v3qkjs7jq0000000g0", "d1v3qkjs7jq0000000g0"])
def test_an_option_that_names_a_secret(world: World, value: str) -> None:
    model = config.set_values(world.model, "app", {"key": value}, ())
    assert model.applications["app"].config["key"] == value
    with pytest.raises(Refused, match='secret URI "word" not valid'):
        config.set_values(world.model, "app", {"key": "word"}, ())


def test_addresses_are_not_reused_while_there_are_others(world: World) -> None:
    seen: list[str] = []
    model = world.model
    for _ in range(5):
        model = units.add(model, "app", 1, (), world.now)
        name = model.units_of("app")[-1].name
        seen.append(model.machines[model.units[name].machine].address)
        model = units.gone(model, name, world.now)
    assert len(set(seen)) == 5


def test_a_dying_model_empties_itself(world: World) -> None:
    world.settle()
    world.model = models.destroy(world.model, force=False)
    assert not models.empty(world.model)
    world.settle()
    assert models.empty(world.model)


@pytest.mark.parametrize("name", ["X", "a_b", "-a", ""])
def test_names_of_models(world: World, name: str) -> None:
    with pytest.raises(Refused, match="is not a valid name: model names may only contain"):
        models.create(name, "u", "127.1.1", {}, world.now)


class TestExposure:
    WORLD = Exposure(cidrs=("0.0.0.0/0", "::/0"))

    def test_all_of_it(self, world: World) -> None:
        world.deploy("web")
        model = applications.expose(world.model, "web", {})
        assert model.applications["web"].exposed
        assert model.applications["web"].exposures == {"": self.WORLD}
        model = applications.unexpose(model, "web", ())
        assert (model.applications["web"].exposed, model.applications["web"].exposures) == (
            False,
            {},
        )

    def test_some_of_it(self, world: World) -> None:
        world.deploy("web")
        some = Exposure(cidrs=("10.0.0.0/8",))
        model = applications.expose(world.model, "web", {"db": Exposure()})
        model = applications.expose(model, "web", {"backend": some})
        assert model.applications["web"].exposures == {"db": self.WORLD, "backend": some}
        model = applications.unexpose(model, "web", ["db"])
        assert model.applications["web"].exposures == {"backend": some}
        assert not applications.unexpose(model, "web", ["backend"]).applications["web"].exposed

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"x": Exposure(), "a": Exposure()}, r"provided endpoints \[a x\] do not exist"),
            ({"": Exposure(spaces=("moon",))}, 'space "moon" not found'),
        ],
    )
    def test_what_is_not_there(self, world: World, settings, message: str) -> None:
        world.deploy("web")
        with pytest.raises(Refused, match=message):
            applications.expose(world.model, "web", settings)
