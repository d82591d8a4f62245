# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every credential of the whole bundle changes, while a customer works and the job computes."""

from __future__ import annotations

import dataclasses
import itertools
import json

import jubilant
import pandas as pd
import pytest
from confluent_kafka import KafkaError, Producer

from tests.integration import credentials, whole_bundle
from tests.integration.credentials import followed, login, nobody_else_felt_it
from tests.integration.processes import eventually
from tools.demo import feed, flights, pipeline, results

pytestmark = pytest.mark.long

# Eleven days: enough for many windows, before and after the change.
END = "2013-01-12T05:00:00Z"
SIZES = {"one broker": ("small",), "three brokers": ("backup",)}


@pytest.fixture(scope="module", params=SIZES)
def model(juju: jubilant.Juju, request: pytest.FixtureRequest) -> jubilant.Juju:
    """The bundle, with one customer more."""
    return whole_bundle.deploy(juju, *SIZES[request.param])


def some_flights(access: pipeline.Credentials, frame: pd.DataFrame, number: int) -> None:
    """Send the first of them."""
    producer = Producer({**access.client(), "enable.idempotence": True})
    failed: list[object] = []
    for event in itertools.islice(flights.events(frame, feed.partitions(access)), number):
        producer.produce(
            access.topic,
            event.value,
            event.key,
            event.partition,
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )
    assert producer.flush(60) == 0 and not failed


def test_every_credential_of_the_bundle_changes_under_load(model: jubilant.Juju) -> None:
    before = pipeline.credentials(model, "customer")
    feed.partitions(before)
    frame = flights.load()
    frame = frame[frame["event_time"] < END].reset_index(drop=True)
    some_flights(pipeline.credentials(model, "data-access"), frame, 3000)
    held, users = credentials.held(model), credentials.logins(model)
    visitors = credentials.visitors(model)
    # Of Spark two topics, of day2 its own and the canary's, and three customers.
    assert len(users) >= 7 and len(visitors) >= 3

    told, after = followed(model, "customer", before, 900)

    print(told["canary"])
    nobody_else_felt_it(told)
    steps = told["steps"]["passwords"]
    for application in ("kafka", "prometheus", "spark"):
        assert "every old one is refused" in steps[application], steps
    now = credentials.held(model)
    assert credentials.survivors(held, now) == []
    for user, password in users.items():
        refusal = login(dataclasses.replace(before, username=user, password=password))
        assert refusal is not None and refusal.code() == KafkaError._AUTHENTICATION, user
    assert login(after) is None
    url, _ = pipeline.prometheus(model)
    assert {credentials.asks(url, *one) for one in visitors.items()} == {401}
    eventually(lambda: not credentials.busy(model, set(users)), 60, "no old user is at work")
    for value in {*held.values(), *now.values()}:
        assert value not in json.dumps(told)
    # The job goes on where it was: every window of both parts is right.
    source, sink = (pipeline.credentials(model, name) for name in ("data-access", "results"))
    count = feed.partitions(source)
    feed.feed(source, frame, feed.lengths(source, count), lambda _: None)
    expected = flights.hourly(frame)
    found, records, _ = results.read(sink, len(expected), 240, lambda _: None)
    verdict = results.compare(found, expected, records)
    assert verdict.agrees, verdict
