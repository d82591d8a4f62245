# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Offers and what is consumed, held to what a real Juju 4 printed of the same two models."""

from __future__ import annotations

import json

import pytest

from onebox.model import Endpoint, Model, Offer, Relation, Remote
from onebox.render import offers
from onebox.render.document import to_json
from onebox.render.status import application_status, document
from onebox.render.status_table import integrations, tabular

FAR = "00000000-0000-4000-8000-000000000002"


def kv(application: str, role: str) -> Endpoint:
    return Endpoint(application=application, name="db", interface="kv", role=role)


@pytest.fixture
def offering(world) -> Model:
    """`prov` of the other samples, whose `db` is offered."""
    offer = Offer(name="provdb", application="prov", endpoints=("db",), created=world.NOW)
    return world.two_applications().model_copy(update={"offers": {"provdb": offer}})


@pytest.fixture
def joined(world, offering) -> Model:
    """The same once another model's application is integrated with it."""
    relation = Relation(
        id=2,
        endpoints=(kv("prov", "provider"), kv("remote-0", "requirer")),
        since=world.NOW,
        scope=frozenset(["prov/0"]),
        origin=f"{FAR}:4",
        offer="provdb",
    )
    remote = Remote(name="remote-0", model=FAR, since=world.NOW)
    relations = {**offering.relations, 2: relation}
    return offering.model_copy(update={"relations": relations, "remotes": {"remote-0": remote}})


@pytest.fixture
def consuming(world) -> Model:
    """A model whose `breq` is integrated with the offer."""
    model = world.two_applications()
    remote = Remote(
        name="provdb",
        model=world.UUID,
        url="admin/m1.provdb",
        endpoints={"db": kv("provdb", "provider")},
        since=world.NOW,
    )
    ends = (kv("provdb", "provider"), kv("breq", "requirer"))
    apps = {"breq": model.applications["myreq"].model_copy(update={"name": "breq"})}
    return model.model_copy(
        update={
            "applications": apps,
            "units": {},
            "remotes": {"provdb": remote},
            "relations": {4: Relation(id=4, endpoints=ends, since=world.NOW)},
        }
    )


def test_tables_byte_for_byte(sample, world, offering):
    model = world.as_json(offering)
    model["charms"]["local:prov-0"]["description"] = "test provider"
    assert offers.offers_table(offers.listing(model, True)) == sample("offers/offers.txt")
    assert offers.found_table(offers.found(model)) == sample("offers/found.txt")
    assert offers.shown_table(offers.shown(model, "provdb")) == sample("offers/shown.txt")


def test_json_byte_for_byte(sample, world, offering):
    listing = offers.listing(world.as_json(offering), True)
    assert to_json(listing) == sample("offers/offers.json")


def test_status_of_the_offering_model(sample, world, joined):
    result = document(world.as_json(joined), now=world.NOW, utc=True)
    assert tabular(result).endswith("\n\n" + sample("offers/section.txt"))
    found = result["offers"]["provdb"]
    assert (found["total-connected-count"], found["active-connected-count"]) == (1, 1)
    # Those who consume are seen with the offer alone.
    assert [
        r["related-application"] for r in result["applications"]["prov"]["relations"]["db"]
    ] == ["myreq"]
    assert len(integrations(world.as_json(joined))) == 2


def test_status_of_the_consuming_model(sample, world, offering, consuming):
    far, model = world.as_json(offering), world.as_json(consuming)
    status = application_status(far, far["applications"]["prov"], True)
    result = document(model, now=world.NOW, utc=True, statuses={"provdb": status})
    assert result["application-endpoints"] == json.loads(sample("offers/consumed.json"))
    table = tabular(result, integrations(model))
    assert "\n\n" + sample("offers/saas.txt") + "\n" in table
    # The column before is as wide as another model's longest name.
    assert table.endswith(sample("offers/integration.txt").replace("breq:db      ", "breq:db   "))


def test_offer_that_is_gone_shows_as_terminated(world, consuming):
    result = document(world.as_json(consuming), now=world.NOW)
    status = result["application-endpoints"]["provdb"]["application-status"]
    assert status == {"current": "terminated"}


def test_connections_are_listed(world, joined):
    listing = offers.listing(world.as_json(joined), True)
    [connection] = listing["provdb"]["connections"]
    assert connection["source-model-uuid"] == FAR
    assert connection["status"]["current"] == "joined"
    row = offers.offers_table(listing).splitlines()[1].split()
    assert row == ["provdb", "admin", "2", "joined", "db", "kv", "provider"]
