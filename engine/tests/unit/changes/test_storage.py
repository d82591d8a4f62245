# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Storage as pure values."""

from datetime import datetime, timezone

import pytest

from onebox.changes import storage
from onebox.changes.storage import Directive, directive
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
    ("text", "meaning"),
    [
        ("", Directive()),
        ("2", Directive(count=2)),
        ("10G", Directive(size=10240)),
        ("1.5GiB", Directive(size=1536)),
        ("rootfs,3,500M", Directive("rootfs", 3, 500)),
        ("200M", Directive(size=200)),
    ],
)
def test_directives(text, meaning):
    assert directive(text) == meaning


@pytest.mark.parametrize("text", ["10X", "a,b", "-1", "1e3"])
def test_directives_that_are_none(text):
    with pytest.raises(Refused, match="cannot parse storage constraints"):
        directive(text)


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


def test_it_goes_with_its_unit():
    model = storage.add_initial(model_of(StorageSpec(name="d")), "a/0", NOW)
    assert storage.release(model, "a/0").storage["d/0"].life == "dying"
    assert storage.unit_gone(model, "a/0").storage == {}
    assert storage.remove(model, "d/0").storage == {}
