# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever happens amid a change of credentials: it ends well, and nobody is locked out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jubilant
import psutil
import pytest

from tests.integration import credentials, one_broker
from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.credentials import login
from tests.integration.customer import Customer
from tests.integration.operations import begin, ended, shown
from tests.integration.processes import (
    eventually,
    kill,
    kill_next,
    of_unit,
    one_of_unit,
    runs,
    suspended,
)
from tools.demo import feed, pipeline

pytestmark = pytest.mark.long

PATIENCE = 400


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """Three brokers, two customers and day2."""
    one_broker.deploy(juju, units=3)
    config = {"topic": "guests", "extra-user-roles": "producer,consumer"}
    juju.deploy(one_broker.charm("data-access"), "guest", config=config)
    juju.integrate("guest:kafka", "kafka:kafka-client")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=2)
    feed.partitions(pipeline.credentials(juju, "customer"))
    return juju


@pytest.fixture
def customer(model: jubilant.Juju) -> Iterator[Customer]:
    """Who writes through the change, and finds everything afterwards, once."""
    there = len(read_all(pipeline.credentials(model, "customer")))

    def writer(access: pipeline.Credentials, turn: int) -> Writer:
        return Writer(access, first=there + turn * 10_000_000)

    with Customer(model, "customer", writer) as found:
        yield found
    seen = read_all(found.access)
    for one in found.writers:
        nothing_lost(one, seen)


def held_up(model: jubilant.Juju, customer: Customer) -> str:
    """The number of a change that waits for the customer, who still works with the old user."""
    eventually(
        lambda: ended(model, begin(model, "health-check"))["status"] == "completed",
        PATIENCE,
        "all is well",
        pause=2,
    )
    customer.writers[-1].progress(200)
    number = begin(model, "rotate-passwords", quiet=3)
    eventually(
        lambda: f"{customer.access.username} still works" in json.dumps(shown(model, number)),
        PATIENCE,
        "it waits for the customer",
    )
    return number


def resumed(model: jubilant.Juju, number: str) -> dict[str, Any]:
    """What the operation says once it is done, gone on with by the command that it names."""
    told = ended(model, number, PATIENCE)
    if told["status"] != "completed":
        print(told["message"])
        assert told["next-command"] == f"juju run day2/leader resume-operation id={number}"
        model.run("day2/leader", "resume-operation", {"id": int(number)})
        told = ended(model, number, PATIENCE)
    assert told["status"] == "completed", told
    return told


def followed_to_its_end(model: jubilant.Juju, customer: Customer, number: str) -> dict[str, Any]:
    """What the operation said at its end, once the customer had gone over."""
    old = customer.access
    assert login(old) is None
    assert customer.follow()
    told = resumed(model, number)
    assert login(old) is not None and login(customer.access) is None
    customer.writers[-1].progress(100)
    return told


def test_a_broker_dies(model: jubilant.Juju, customer: Customer) -> None:
    number = held_up(model, customer)
    uuid = model.show_model().model_uuid
    broker = one_of_unit("kafka/1", uuid, "kafka.Kafka")
    kill(broker)
    customer.writers[-1].progress(200)
    eventually(
        lambda: of_unit("kafka/1", uuid, "kafka.Kafka"), PATIENCE, "the broker is started again"
    )
    followed_to_its_end(model, customer, number)
    assert not runs(broker)


def test_a_broker_hangs(model: jubilant.Juju, customer: Customer) -> None:
    number = held_up(model, customer)
    units = model.status().apps["kafka"].units
    [leader] = [name for name, unit in units.items() if unit.leader]
    other = next(name for name in units if name != leader)
    old = customer.access
    broker = one_of_unit(other, model.show_model().model_uuid, "kafka.Kafka")
    with suspended([broker]):
        # Its kernel takes connections on its behalf; nobody waits for it, neither hooks nor he.
        assert customer.follow()
        customer.writers[-1].progress(200)

        def unproved() -> bool:
            found = model.status().apps["kafka"].units[leader].workload_status.message
            return "Cannot try a login at" in found

        eventually(unproved, PATIENCE, "nothing is proved without it")
    resumed(model, number)
    assert login(old) is not None and login(customer.access) is None
    customer.writers[-1].progress(100)
    assert runs(broker)


def test_a_hook_of_the_leader_dies(model: jubilant.Juju, customer: Customer) -> None:
    number = held_up(model, customer)
    uuid = model.show_model().model_uuid
    units = model.status().apps["kafka"].units
    [leader] = [name for name, unit in units.items() if unit.leader]
    assert customer.follow()
    # The one in which it learns of that, or proves that the old user is dead.
    kill_next(lambda: dispatched(leader, uuid), 120, "a hook of the leader")
    resumed(model, number)
    customer.writers[-1].progress(100)


def dispatched(unit: str, uuid: str) -> psutil.Process | None:
    """A hook or action of the unit that runs now."""
    found = [one for one in of_unit(unit, uuid, "runpy") if "JUJU_CONTEXT_ID" in one.environ()]
    return found[0] if found else None


def test_a_customer_goes(model: jubilant.Juju, customer: Customer) -> None:
    guest = pipeline.credentials(model, "guest")
    assert login(guest) is None
    number = held_up(model, customer)
    fresh = pipeline.credentials(model, "guest")
    assert fresh.username != guest.username
    model.remove_application("guest")
    eventually(lambda: "guest" not in model.status().apps, PATIENCE, "the guest is gone")
    told = followed_to_its_end(model, customer, number)
    for one in (guest, fresh):
        assert login(one) is not None
    assert guest.password not in json.dumps(told) and fresh.password not in json.dumps(told)


def test_a_published_client_at_rest_keeps_its_user_until_it_reads_its_secret(
    model: jubilant.Juju, customer: Customer, charm: Callable[[str], Path]
) -> None:
    model.deploy(charm("sleeper"))
    model.integrate("sleeper:kafka", "kafka:kafka-client")

    def given() -> str:
        found = model.status().apps["sleeper"].units
        return found["sleeper/0"].workload_status.message if "sleeper/0" in found else ""

    eventually(lambda: given().startswith("relation-"), PATIENCE, "it has credentials")
    user = given()
    old = dataclasses.replace(
        customer.access, username=user, password=credentials.logins(model)[user]
    )
    number = held_up(model, customer)
    assert customer.follow()
    eventually(
        lambda: (
            "still works" not in (told := json.dumps(shown(model, number)))
            and "sleeper/0 has not read its new credentials" in told
        ),
        PATIENCE,
        "it is waited for alone",
    )
    assert login(old) is None
    read = "secret-get $(relation-get -r $(relation-ids kafka) --app secret-user kafka) --refresh"
    assert f"{user}." in model.exec(read, unit="sleeper/0").stdout
    resumed(model, number)
    assert login(old) is not None
    model.remove_application("sleeper")
    eventually(lambda: "sleeper" not in model.status().apps, PATIENCE, "it is gone")


def test_two_changes_are_one_after_the_other(model: jubilant.Juju, customer: Customer) -> None:
    first = held_up(model, customer)
    asked = model.run("day2/leader", "rotate-passwords", {"quiet": 3}).results
    assert asked["status"] == f"waiting for rotate-passwords #{first}"
    held = credentials.logins(model)
    followed_to_its_end(model, customer, first)
    eventually(customer.follow, PATIENCE, "the customer is given new credentials once more")
    resumed(model, asked["operation"])
    assert credentials.survivors(held, credentials.logins(model)) == []
