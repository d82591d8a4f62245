# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Certificates change under load: no broker restarts, and nobody is locked out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jubilant
import psutil
import pytest

from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.processes import eventually, one_of_unit
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
        ("day2:operations", "certificates:operations"),
        ("day2:operations", "customer:operations"),
    ):
        juju.integrate(*pair)
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=600, delay=2)
    return juju


@pytest.fixture
def access(model: jubilant.Juju) -> Iterator[pipeline.Credentials]:
    """What the customer works with, and trusts, before the change."""
    given = pipeline.credentials(model, "customer")
    feed.partitions(given)
    yield given


def broker(model: jubilant.Juju) -> psutil.Process:
    uuid = model.show_model().model_uuid
    return one_of_unit("kafka/0", uuid, "kafka.Kafka")


def ended(model: jubilant.Juju, number: str) -> dict[str, Any]:
    """The operation, once it has ended."""

    def look() -> dict[str, Any] | None:
        told = model.run("day2/leader", "show-operation", {"id": int(number)}).results
        return told if told["status"] in ("completed", "failed") else None

    return eventually(look, 300, "the operation ends")


def listed(model: jubilant.Juju) -> list[dict[str, Any]]:
    told = model.run("kafka/0", "list-certificates").results
    return json.loads(told["certificates"])


def test_a_renewal_restarts_no_broker_and_nobody_notices(
    model: jubilant.Juju, access: pipeline.Credentials
) -> None:
    process, before = broker(model), listed(model)
    assert {one["port"] for one in before} == {9093, 19093, 9097}
    with Writer(access) as writer:
        started = model.run("day2/leader", "renew-certificates").results
        told = ended(model, started["operation"])
        writer.progress(100)
    assert told["status"] == "completed", told
    after = listed(model)
    assert {one["port"] for one in after} == {9093, 19093, 9097}
    assert len({one["serial"] for one in after}) == 1
    assert after[0]["serial"] not in {one["serial"] for one in before}
    assert "without a restart" in json.dumps(told) and broker(model) == process
    # Who trusts what he trusted before gets in.
    with Writer(access, first=1_000_000) as again:
        again.progress(50)
    seen = read_all(access)
    nothing_lost(writer, seen)
    nothing_lost(again, seen)
