# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Brokers leave, two at once or beside one that hangs: nothing is lost, and customers go on."""

from __future__ import annotations

from collections.abc import Iterator

import jubilant
import pytest

from tests.integration import one_broker, whole_bundle
from tests.integration.clients import Writer
from tests.integration.processes import eventually, of_unit, one_of_unit
from tools.demo import pipeline

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """Three brokers with one customer."""
    return one_broker.deploy(juju, units=3)


@pytest.fixture(scope="module")
def uuid(model: jubilant.Juju) -> str:
    return model.show_model().model_uuid


@pytest.fixture(scope="module")
def customer(model: jubilant.Juju) -> pipeline.Credentials:
    return whole_bundle.customer(model)


@pytest.fixture
def writer(customer: pipeline.Credentials) -> Iterator[Writer]:
    """A customer who writes through the test, and finds every acknowledged record afterwards."""
    with whole_bundle.writing(customer) as writing:
        yield writing


def settled(model: jubilant.Juju, *units: str) -> None:
    """Wait until Kafka has these units alone; no hook may fail on the way."""

    def alone(status: jubilant.Status) -> bool:
        return set(status.apps["kafka"].units) == set(units) and jubilant.all_active(status)

    # Juju would try a hook that failed again, but the operator would see an error.
    model.wait(alone, error=jubilant.any_error, timeout=600, delay=1)
    described = model.run("kafka/leader", "describe-cluster").results
    assert int(described["under-replicated-partitions"]) == 0


def test_two_leave_at_once_and_the_third_has_everything(
    model: jubilant.Juju, uuid: str, writer: Writer
) -> None:
    writer.progress(200)
    model.remove_unit("kafka/1", "kafka/2")
    settled(model, "kafka/0")
    writer.progress(200)
    assert not of_unit("kafka/1", uuid, "kafka.Kafka") + of_unit("kafka/2", uuid, "kafka.Kafka")


def test_nobody_leaves_while_nobody_can_take_over(
    model: jubilant.Juju, uuid: str, writer: Writer
) -> None:
    model.add_unit("kafka")
    settled(model, "kafka/0", "kafka/3")
    writer.progress(200)
    hanging, leaving = (one_of_unit(unit, uuid, "kafka.Kafka") for unit in ("kafka/0", "kafka/3"))
    hanging.suspend()
    try:
        model.remove_unit("kafka/3")
        eventually(
            lambda: "Step: AwaitOthers" in model.debug_log(), 120, "kafka/3 waits for kafka/0"
        )
        assert leaving.is_running()
    finally:
        hanging.resume()
    settled(model, "kafka/0")
    writer.progress(200)
