# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Two models through jubilant's eyes: offer, consume, integrate across, and take apart."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import jubilant
import pytest

from tests.integration.test_engine import PATIENCE, hooks_of, settled, wait_for_message


@pytest.fixture(scope="module")
def source(
    juju: jubilant.Juju, juju_binary: Path, charm: Callable[[str], Path]
) -> Iterator[jubilant.Juju]:
    """A second model, whose `well` offers its water as `spring`."""
    client = jubilant.Juju(cli_binary=os.fspath(juju_binary))
    client.add_model(f"t-{secrets.token_hex(3)}")
    try:
        client.deploy(charm("well"))
        client.offer(f"{client.model}.well", endpoint="water", name="spring")
        juju.deploy(charm("tap"))
        yield client
    finally:
        assert client.model
        client.destroy_model(client.model, destroy_storage=True, force=True, timeout=600)


def bare(model: str | None) -> str:
    assert model
    return model.rpartition(":")[2].rpartition("/")[2]


def test_consumed_offer_is_integrated_like_an_application(
    juju: jubilant.Juju, source: jubilant.Juju
) -> None:
    name = bare(source.model)
    juju.consume(f"{name}.spring", "fountain", owner="admin")
    juju.integrate("tap:water", "fountain:water")
    wait_for_message(juju, "tap/0", "word=first")
    across = juju.status().app_endpoints["fountain"]
    assert across.url == f"admin/{name}.spring"
    assert across.endpoints["water"].interface == "water"
    assert across.relations == {"water": ["tap"]}
    assert juju.status().apps["tap"].relations["water"][0].related_app == "fountain"
    table = juju.cli("status", "--relations")
    assert "SAAS      Status" in table
    assert "fountain:water" in table


def test_each_side_knows_the_other_by_the_name_it_has_there(
    juju: jubilant.Juju, source: jubilant.Juju
) -> None:
    offer = source.status().offers["spring"]
    assert (offer.app, offer.active_connected_count) == ("well", 1)
    [info] = [i for i in juju.show_unit("tap/0").relation_info if i.endpoint == "water"]
    assert info.cross_model
    assert set(info.related_units) == {"fountain/0"}
    [connection] = json.loads(source.cli("offers", "--format", "json"))["spring"]["connections"]
    assert connection["status"]["current"] == "joined"
    remote = source.exec(
        f"relation-list --app -r {connection['relation-id']}", unit="well/0"
    ).stdout
    assert remote.startswith("remote-")
    mine = json.loads(juju.exec("relation-ids --format json water", unit="tap/0").stdout)
    uuid = juju.exec(f"relation-model-get -r {mine[0]}", unit="tap/0")
    assert uuid.stdout.split()[-1] == source.show_model().model_uuid


def test_new_units_and_new_revisions_go_across(juju: jubilant.Juju, source: jubilant.Juju) -> None:
    juju.add_unit("tap")
    wait_for_message(juju, "tap/1", "word=first")
    source.run("well/0", "change-key", {"word": "second"})
    for unit in ("tap/0", "tap/1"):
        wait_for_message(juju, unit, "word=second")
        assert "secret-changed" in hooks_of(juju, unit)
    [secret] = source.secrets()
    assert (secret.owner, secret.revision) == ("well", 2)
    assert juju.secrets() == []


def test_offer_in_use_is_not_withdrawn(source: jubilant.Juju) -> None:
    with pytest.raises(jubilant.CLIError) as refusal:
        source.cli("remove-offer", f"{bare(source.model)}.spring", include_model=False)
    assert "offer has 1 relation" in refusal.value.stderr


def test_relation_ends_on_both_sides(juju: jubilant.Juju, source: jubilant.Juju) -> None:
    juju.remove_relation("tap:water", "fountain:water")
    for unit in ("tap/0", "tap/1"):
        wait_for_message(juju, unit, "no water")
    source.wait(
        lambda s: settled(s) and not s.offers["spring"].active_connected_count,
        timeout=PATIENCE,
        delay=0.3,
    )
    assert "water-relation-broken" in hooks_of(source, "well/0")
    juju.cli("remove-saas", "fountain")
    assert not juju.status().app_endpoints


def test_url_is_consumed_on_the_way(juju: jubilant.Juju, source: jubilant.Juju) -> None:
    juju.integrate("tap", f"admin/{bare(source.model)}.spring")
    wait_for_message(juju, "tap/0", "word=first")
    source.cli(
        "remove-offer", "--force", "-y", f"{bare(source.model)}.spring", include_model=False
    )
    wait_for_message(juju, "tap/0", "no water")
    source.wait(settled, timeout=PATIENCE, delay=0.3)
    assert not source.status().offers
