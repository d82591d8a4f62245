# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One broker with a customer from outside, and day2: the least that operations can be tried on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jubilant

CHARMS = Path(__file__).resolve().parent.parent.parent / "charms"

#: What every such model has.
RELATIONS = (
    ("kafka:certificates", "certificates"),
    ("customer:kafka", "kafka:kafka-client"),
    ("day2:kafka", "kafka:kafka-client"),
    ("day2:operations", "kafka:operations"),
)


def charm(name: str) -> Path:
    """The packed charm of that name."""
    return CHARMS / name / f"{name}_amd64.charm"


def deploy(
    juju: jubilant.Juju,
    *relations: tuple[str, str],
    more: Mapping[str, str] | None = None,
    kafka: Mapping[str, str] | None = None,
    units: int = 1,
) -> jubilant.Juju:
    """The model, once all of it is active.

    Args:
        juju: the model, empty.
        relations: beside those that every such model has.
        more: charms to deploy beside, by the application's name.
        kafka: options of Kafka.
        units: of Kafka.
    """
    juju.deploy(charm("certificates"))
    juju.deploy(charm("kafka"), config={"heap": "384m", **(kafka or {})}, num_units=units)
    juju.deploy(charm("day2"))
    juju.deploy(
        charm("data-access"),
        "customer",
        config={"topic": "orders", "extra-user-roles": "producer,consumer"},
    )
    for name, kind in (more or {}).items():
        juju.deploy(charm(kind), name)
    for pair in (*RELATIONS, *relations):
        juju.integrate(*pair)
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=600, delay=2)
    return juju
