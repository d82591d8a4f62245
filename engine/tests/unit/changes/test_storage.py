# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Storage as pure values."""

from datetime import datetime, timezone

import pytest

from onebox.changes import edit, storage
from onebox.directives import Directive
from onebox.errors import Refused
from onebox.model import Application, Base, Charm, Model, Status, StorageSpec, Unit

NOW = datetime(2026, 1, 31, tzinfo=timezone.utc)


def model_of(spec, asked="", machines=("0",)):
    charm = Charm(url="c", name="c", revision=0, digest="d", storage={spec.name: spec})
    base = Base(name="ubuntu", channel="24.04")
    wish = {spec.name: asked} if asked else {}
    app = Application(name="a", charm_url="c", base=base, storage=wish)
    status = Status(current="idle", since=NOW)
    units = {
        f"a/{i}": Unit(name=f"a/{i}", application="a", machine=m, agent=status, workload=status)
        for i, m in enumerate(machines)
    }
    return Model(
        name="m", uuid="u", created=NOW, charms={"c": charm}, applications={"a": app}, units=units
    )


@pytest.mark.parametrize(
    ("spec", "asked", "expected"),
    [
        (StorageSpec(name="d"), "", {"d/0": "/var/lib/juju/storage/d/0"}),
        (StorageSpec(name="d", location="/srv/d"), "", {"d/0": "/srv/d"}),
        (
            StorageSpec(name="d", location="/srv/", multiple=True, minimum=2, maximum=None),
            "",
            {"d/0": "/srv/d/0", "d/1": "/srv/d/1"},
        ),
        (StorageSpec(name="d", minimum=0), "", {}),
        (StorageSpec(name="d", minimum=0), "1,2G", {"d/0": "/var/lib/juju/storage/d/0"}),
    ],
)
def test_a_new_unit_gets_what_its_charm_declares(spec, asked, expected):
    model = storage.add_initial(model_of(spec, asked), "a/0", NOW)
    assert {s.id: s.location for s in storage.of_unit(model, "a/0")} == expected


def test_a_size_is_kept():
    model = storage.add_initial(model_of(StorageSpec(name="d"), "2G"), "a/0", NOW)
    assert model.storage["d/0"].size == 2048


def test_two_units_of_one_machine_do_not_share_a_place():
    model = model_of(StorageSpec(name="d", location="/srv/d"), machines=("0", "0", "1"))
    for unit in model.units:
        model = storage.add_initial(model, unit, NOW)
    places = {s.owner: s.location for s in model.storage.values()}
    assert places == {"a/0": "/srv/d", "a/1": "/var/lib/juju/storage/d/1", "a/2": "/srv/d"}


def left_by(model, unit, *, destroy=False):
    """The model without a unit, once its storage has been detached."""
    gone = edit.put_unit(storage.release(model, unit, destroy), model.units[unit], life="dying")
    for instance in storage.of_unit(gone, unit):
        gone = storage.detached(gone, instance.id, NOW)
    return storage.unit_gone(gone, unit, NOW)


@pytest.mark.parametrize(
    ("asked", "destroy", "owners"),
    [
        ("", False, {"d/0": ""}),
        ("", True, {}),
        ("rootfs,1G", False, {}),
        ("lxd,1G", False, {"d/0": ""}),
        ("lxd,1G", True, {}),
    ],
)
def test_whether_it_goes_with_its_unit_is_a_matter_of_its_pool(asked, destroy, owners):
    model = storage.add_initial(model_of(StorageSpec(name="d"), asked), "a/0", NOW)
    left = left_by(model, "a/0", destroy=destroy)
    assert {s.id: s.owner for s in left.storage.values()} == owners


def test_what_was_detached_stays_and_goes_to_another_unit():
    spec = StorageSpec(name="d", location="/srv/d", minimum=0)
    model = storage.add(model_of(spec, machines=("0", "1")), "a/0", "d", 1, NOW)
    model = hear_of(model, "a/0", "d/0")
    leaving = storage.detach(model, "d/0", NOW)
    assert (leaving.storage["d/0"].detaching, leaving.storage["d/0"].owner) == (True, "a/0")
    alone = storage.detached(leaving, "d/0", NOW)
    assert (alone.storage["d/0"].detaching, alone.storage["d/0"].owner) == (False, "")
    with pytest.raises(Refused, match='storage "d/0" is not attached'):
        storage.detach(alone, "d/0", NOW)
    there = storage.attach(alone, "d/0", "a/1", NOW)
    assert (there.storage["d/0"].owner, there.storage["d/0"].location) == ("a/1", "/srv/d")
    assert storage.attach(there, "d/0", "a/1", NOW) == there
    with pytest.raises(Refused, match='storage "d/0" is already attached to unit "a/1"'):
        storage.attach(there, "d/0", "a/0", NOW)
    assert storage.remove(alone, "d/0", NOW).storage == {}


def test_a_unit_takes_no_more_than_its_charm_supports():
    model = storage.add_initial(model_of(StorageSpec(name="d"), machines=("0", "1")), "a/0", NOW)
    model = storage.add_initial(storage.detach(model, "d/0", NOW), "a/1", NOW)
    with pytest.raises(Refused, match='store "d": at most 1 instances supported, 2 specified'):
        storage.attach(model, "d/0", "a/1", NOW)


def test_what_exists_is_a_part_of_what_a_new_unit_needs():
    spec = StorageSpec(name="d", multiple=True, minimum=2, maximum=3)
    model = storage.add(model_of(spec, machines=("0", "1")), "a/0", "d", 1, NOW)
    model = storage.add_initial(storage.detach(model, "d/0", NOW), "a/1", NOW, ("d/0",))
    assert [s.id for s in storage.of_unit(model, "a/1")] == ["d/0", "d/1"]


def test_what_no_hook_has_heard_of_goes_at_once():
    model = storage.add_initial(model_of(StorageSpec(name="d")), "a/0", NOW)
    assert storage.remove(model, "d/0", NOW).storage == {}
    assert storage.detach(model, "d/0", NOW).storage["d/0"].owner == ""
    assert storage.remove(hear_of(model, "a/0", "d/0"), "d/0", NOW).storage["d/0"].life == "dying"


def hear_of(model, unit, *ids):
    """The model in which a unit's charm knows that storage."""
    local = model.units[unit].local.model_copy(update={"storage": frozenset(ids)})
    return edit.put_unit(model, model.units[unit], local=local)


def test_a_pool_that_nobody_knows_is_refused():
    storage.refuse_unknown_pool("", "data", Directive(pool="tmpfs"))
    with pytest.raises(Refused) as refusal:
        storage.refuse_unknown_pool('cannot deploy "a": ', "data", Directive(pool="gold"))
    assert refusal.value.message == (
        'cannot deploy "a": storage directive "data" references unknown storage pool "gold"'
    )
