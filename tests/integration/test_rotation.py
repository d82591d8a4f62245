# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Credentials change under load: who follows notices nothing, who does not is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jubilant
import pytest
from confluent_kafka import KafkaError, KafkaException, Producer

from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.operations import begin, ended, shown
from tests.integration.processes import eventually
from tools.demo import feed, pipeline

CHARMS = Path(__file__).resolve().parent.parent.parent / "charms"


def charm(name: str) -> Path:
    return CHARMS / name / f"{name}_amd64.charm"


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """One broker, a customer from outside, and day2."""
    juju.deploy(charm("certificates"))
    juju.deploy(charm("kafka"), config={"heap": "384m"})
    juju.deploy(charm("day2"))
    juju.deploy(
        charm("data-access"),
        "customer",
        config={"topic": "orders", "extra-user-roles": "producer,consumer"},
    )
    for pair in (
        ("kafka:certificates", "certificates"),
        ("customer:kafka", "kafka:kafka-client"),
        ("day2:kafka", "kafka:kafka-client"),
        ("day2:operations", "kafka:operations"),
        ("day2:operations", "customer:operations"),
    ):
        juju.integrate(*pair)
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=600, delay=2)
    return juju


@pytest.fixture
def before(model: jubilant.Juju) -> Iterator[pipeline.Credentials]:
    """What the customer works with before the change."""
    access = pipeline.credentials(model, "customer")
    feed.partitions(access)
    yield access


def login(access: pipeline.Credentials) -> KafkaError | None:
    """Why the brokers refuse these credentials; None when they take them."""
    told: list[KafkaError] = []
    client = Producer({**access.client(), "error_cb": told.append})
    answered = eventually(lambda: asked(client) or told, 30, "the brokers say yes or no")
    return None if answered is True else told[0]


def asked(client: Producer) -> bool:
    """Whether the brokers answer; why they do not is told to `error_cb`."""
    try:
        client.list_topics(timeout=2)
    except KafkaException:
        client.poll(0)
        return False
    return True


def test_a_customer_who_follows_notices_nothing(
    model: jubilant.Juju, before: pipeline.Credentials
) -> None:
    with Writer(before) as old:
        number = begin(model, "rotate-passwords", quiet=3)
        after = eventually(
            lambda: (new := pipeline.credentials(model, "customer")) != before and new,
            120,
            "the customer is given new credentials",
        )
        assert after.username != before.username and after.group == before.group
        # The old ones hold as long as somebody works with them, and the operation says who.
        eventually(
            lambda: before.username in json.dumps(shown(model, number)),
            120,
            "it says what it waits for",
        )
        old.progress(200)
        assert login(before) is None
        with Writer(after, first=1_000_000) as new:
            new.progress(100)
            old.__exit__(None, None, None)
            told = ended(model, number, 300)
            new.progress(100)
    assert told["status"] == "completed", told
    refusal = login(before)
    assert refusal is not None and refusal.code() == KafkaError._AUTHENTICATION
    assert login(after) is None
    seen = read_all(after)
    nothing_lost(old, seen)
    nothing_lost(new, seen)
    assert before.password not in json.dumps(told) and after.password not in json.dumps(told)


def test_whoever_does_not_follow_keeps_his_access_and_is_named(
    model: jubilant.Juju, before: pipeline.Credentials
) -> None:
    with Writer(before, first=2_000_000) as writer:
        number = begin(model, "rotate-passwords", quiet=3)
        eventually(
            lambda: f"{before.username} still works" in json.dumps(shown(model, number)),
            180,
            "the operation names him",
        )
        writer.progress(200)
        model.run("day2/leader", "cancel-operation", {"id": int(number)})
        ended(model, number)
        writer.progress(200)
        # Once more, by force: he is locked out, as he was told.
        model.run(
            "day2/leader", "resume-operation", {"id": int(number), "params": {"force": True}}
        )
        eventually(lambda: writer.failed, 180, "he is locked out")
        writer.give_up()
    assert login(before) is not None
