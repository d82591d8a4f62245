# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who is related late, when hooks that change nothing are passed over, follows all the same."""

from __future__ import annotations

import json
from pathlib import Path

import jubilant
import pytest

from tests.integration import credentials, leaks
from tests.integration.certified import served
from tests.integration.one_broker import charm
from tests.integration.processes import eventually

pytestmark = pytest.mark.long

PATIENCE = 180
PORTS = {"prometheus": 9090, "object-storage": 9000}


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """Applications that know nobody yet, and have nothing more to do."""
    for name in ("certificates", "prometheus-bridge", "object-storage", "day2"):
        juju.deploy(charm(name), "prometheus" if name == "prometheus-bridge" else name)
    rested(juju)
    return juju


def rested(model: jubilant.Juju) -> None:
    """Wait until all is active, but for day2 without Kafka, and no hook runs."""
    model.wait(
        lambda status: (
            jubilant.all_active(status, "certificates", *PORTS)
            and jubilant.all_agents_idle(status)
        ),
        error=jubilant.any_error,
        timeout=300,
        delay=1,
    )


def accepted(model: jubilant.Juju) -> set[str]:
    """As whom day2 says that it asks Prometheus."""
    told = json.loads(model.cli("show-unit", "prometheus/0", "--format", "json"))
    (relation,) = [
        one for one in told["prometheus/0"]["relation-info"] if one["endpoint"] == "query"
    ]
    return set(json.loads(relation["related-units"]["day2/0"]["data"]["accepted-users"]))


def rotate(model: jubilant.Juju, application: str) -> None:
    """All passwords of that application, until every old one is refused."""
    eventually(
        lambda: (
            "every old one is refused"
            in model.run(f"{application}/leader", "rotate-passwords", {"quiet": 3}).results.get(
                "summary", ""
            )
        ),
        PATIENCE,
        f"{application}: every old one is refused",
        pause=3,
    )


def test_it_is_woken_by_each_relation_and_by_each_new_secret(
    model: jubilant.Juju, engine: Path | None
) -> None:
    model.integrate("day2:prometheus", "prometheus:query")
    before = eventually(lambda: accepted(model), PATIENCE, "day2 asks with a login")
    model.integrate("day2:s3", "object-storage:s3")
    rested(model)
    old, visitors, stores = (
        credentials.held(model), credentials.visitors(model), credentials.stores(model),
    )  # fmt: skip
    for application in PORTS:
        rotate(model, application)
    assert accepted(model).isdisjoint(before)
    kept = set(credentials.visitors(model)) & set(visitors)
    assert not kept and not any(credentials.takes(target) for target in stores)
    assert all(credentials.takes(target) for target in credentials.stores(model))
    if engine is not None:
        gone = {f"old {name}": value for name, value in old.items()}
        assert leaks.leaks(model, engine, gone) == []


def test_a_provider_of_certificates_hears_who_asks_it_late(model: jubilant.Juju) -> None:
    for application in PORTS:
        model.integrate(f"{application}:certificates", "certificates")
    for application, port in PORTS.items():
        first = eventually(
            lambda a=application, p=port: served(model, a, p).serial, PATIENCE, "it serves TLS"
        )
        rested(model)
        told = eventually(
            lambda a=application: (
                "serial" in (now := model.run(f"{a}/0", "renew-certificates").results) and now
            ),
            PATIENCE,
            "the renewal is proved",
        )
        assert told["old"] == first != told["serial"] == served(model, application, port).serial
    # Who is known to work with a login is heard again after he was gone.
    model.remove_relation("day2:prometheus", "prometheus:query")
    eventually(
        lambda: "query" not in model.status().apps["prometheus"].relations, PATIENCE, "it is gone"
    )
    model.integrate("day2:prometheus", "prometheus:query")
    before = eventually(lambda: accepted(model), PATIENCE, "day2 asks with a login again")
    rotate(model, "prometheus")
    assert accepted(model).isdisjoint(before)
