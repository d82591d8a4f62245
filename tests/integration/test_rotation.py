# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Credentials change under load: who follows notices nothing, who does not is named."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jubilant
import pytest
from confluent_kafka import KafkaError

from dataops.evidence import Evidence, Phase
from tests.integration import credentials, one_broker
from tests.integration.clients import Reader, Writer, nothing_lost, read_all
from tests.integration.credentials import login
from tests.integration.operations import begin, ended, shown
from tests.integration.processes import eventually
from tools.demo import feed, pipeline

BUNDLES = Path(__file__).resolve().parent.parent.parent / "bundles"


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


@dataclasses.dataclass
class Followed:
    """How a change went for a customer who went over to his new credentials.

    Attributes:
        told: what the operation said at its end.
        after: the new credentials.
    """

    told: dict[str, Any]
    after: pipeline.Credentials


def followed(
    model: jubilant.Juju, before: pipeline.Credentials, first: int, patience: float
) -> Followed:
    """A change of all credentials, under a writer and a reader who follow.

    Args:
        model: the model.
        before: what the customer works with.
        first: number of the first record to be written.
        patience: seconds for the whole of it.
    """
    there = Counter(read_all(before))
    with Reader(before) as early, Writer(before, first=first) as old:
        old.progress(200)
        number = begin(model, "rotate-passwords", quiet=3)

        def given() -> pipeline.Credentials | None:
            told = shown(model, number)
            assert told["status"] not in ("failed", "cancelled"), told
            new = pipeline.credentials(model, "customer")
            return new if new != before else None

        after = eventually(given, patience, "the customer is given new credentials")
        assert after.username != before.username and after.group == before.group
        # The old ones hold as long as somebody works with them, and the operation says who.
        eventually(
            lambda: before.username in json.dumps(shown(model, number)),
            patience,
            "it says what it waits for",
        )
        old.progress(200)
        assert login(before) is None
        early.__exit__(None, None, None)
        with Reader(after) as late, Writer(after, first=first + 1_000_000) as new:
            new.progress(100)
            old.__exit__(None, None, None)
            told = ended(model, number, patience)
            assert told["status"] == "completed", told
            new.progress(100)
            new.__exit__(None, None, None)
            wanted = there + old.acknowledged + new.acknowledged
            eventually(
                lambda: (early.seen + late.seen).total() >= wanted.total(), 60, "all is read"
            )
    assert not early.failed and not late.failed
    assert early.seen + late.seen == wanted, "lost or read twice"
    seen = read_all(after)
    nothing_lost(old, seen)
    nothing_lost(new, seen)
    return Followed(told, after)


def nobody_else_felt_it(told: dict[str, Any]) -> None:
    """What the canary counted."""
    seen = Evidence.model_validate_json(told["evidence"])
    bad = (seen.failed, seen.lost, seen.duplicated, seen.reordered)
    assert not any(bad), told["canary"]
    assert seen.of(Phase.DURING).acknowledged > 100, told["canary"]


def test_every_credential_changes_and_who_follows_notices_nothing(
    model: jubilant.Juju, before: pipeline.Credentials
) -> None:
    backup = model.run("kafka/leader", "create-backup", wait=120).results
    key = model.run("kafka/leader", "export-backup-key").results["id"]
    held, users = credentials.held(model), credentials.logins(model)
    visitors, stores = credentials.visitors(model), credentials.stores(model)
    assert before.username in users and len(users) > 2 and len(visitors) > 1 and len(stores) > 1
    told, after = dataclasses.astuple(followed(model, before, 0, 300))
    after = pipeline.credentials(model, "customer")
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
        model.run(
            "day2/leader", "resume-operation", {"id": int(number), "params": {"force": True}}
        )
        eventually(lambda: writer.failed, 180, "he is locked out")
        writer.give_up()
    assert login(before) is not None
