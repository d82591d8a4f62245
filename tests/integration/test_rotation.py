# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Credentials change under load: who follows notices nothing, who does not is named."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import jubilant
import pytest
from confluent_kafka import KafkaError

from tests.integration import credentials, one_broker
from tests.integration.clients import Writer
from tests.integration.credentials import followed, login, nobody_else_felt_it
from tests.integration.operations import begin, ended, shown
from tests.integration.processes import eventually
from tools.demo import feed, pipeline


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """One broker, a customer from outside, day2, and whoever else has credentials, but Spark."""
    return one_broker.deploy(
        juju,
        ("object-storage:certificates", "certificates"),
        ("kafka:s3", "object-storage:s3"),
        ("kafka:monitoring", "prometheus:monitoring"),
        ("day2:prometheus", "prometheus:query"),
        ("day2:operations", "prometheus:operations"),
        ("day2:operations", "object-storage:operations"),
        ("day2:operations", "customer:operations"),
        more={"prometheus": "prometheus-bridge", "object-storage": "object-storage"},
    )


@pytest.fixture
def before(model: jubilant.Juju) -> Iterator[pipeline.Credentials]:
    """What the customer works with before the change."""
    access = pipeline.credentials(model, "customer")
    feed.partitions(access)
    yield access


def test_every_credential_changes_and_who_follows_notices_nothing(
    model: jubilant.Juju, before: pipeline.Credentials
) -> None:
    backup = model.run("kafka/leader", "create-backup", wait=120).results
    key = model.run("kafka/leader", "export-backup-key").results["id"]
    held, users = credentials.held(model), credentials.logins(model)
    visitors, stores = credentials.visitors(model), credentials.stores(model)
    assert before.username in users and len(users) > 2 and len(visitors) > 1 and len(stores) > 1
    told, after = followed(model, "customer", before, 300)
    nobody_else_felt_it(told)
    now = credentials.held(model)
    assert credentials.survivors(held, now) == []
    # Refused, each by whoever took it before.
    for user, password in users.items():
        stale = dataclasses.replace(before, username=user, password=password)
        refusal = login(stale)
        assert refusal is not None and refusal.code() == KafkaError._AUTHENTICATION, user
    assert login(after) is None
    url, _ = pipeline.prometheus(model)
    assert {credentials.asks(url, *one) for one in visitors.items()} == {401}
    assert {credentials.asks(url, *one) for one in credentials.visitors(model).items()} == {200}
    assert not any(credentials.takes(target) for target in stores)
    assert all(credentials.takes(target) for target in credentials.stores(model))
    eventually(lambda: not credentials.busy(model, set(users)), 60, "no old user is at work")
    # What was sealed before can be read, and the next is sealed with the new key.
    assert model.run("kafka/leader", "export-backup-key").results["id"] != key
    checked = model.run("kafka/leader", "verify-backup", {"id": backup["id"]}, wait=120)
    assert checked.status == "completed", checked
    again = model.run("kafka/leader", "create-backup", wait=120)
    assert again.status == "completed", again
    # Neither old nor new ones are in what people read.
    for value in {*held.values(), *now.values()}:
        assert value not in json.dumps(told)


def test_whoever_does_not_follow_keeps_his_access_and_is_named(
    model: jubilant.Juju, before: pipeline.Credentials
) -> None:
    with Writer(before, first=3_000_000) as writer:
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
        model.run("day2/leader", "resume-operation", {"id": int(number), "params": "force=true"})
        eventually(lambda: writer.failed, 180, "he is locked out")
        writer.give_up()
    assert login(before) is not None
