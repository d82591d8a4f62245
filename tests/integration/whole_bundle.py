# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The bundle as people deploy it, and a customer from outside who writes through a test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import jubilant

from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.one_broker import charm
from tools.demo import feed, pipeline

BUNDLES = Path(__file__).resolve().parent.parent.parent / "bundles"
PATIENCE = 1200


def deploy(juju: jubilant.Juju, *overlays: str, with_customer: bool = True) -> jubilant.Juju:
    """The model, once all of it is active.

    Args:
        juju: the model, empty.
        overlays: of the bundle, by name.
        with_customer: whether an application `customer`, with a topic of its own, comes with it.
    """
    paths = [str(BUNDLES / "overlays" / f"{name}.yaml") for name in overlays]
    words = [word for path in paths for word in ("--overlay", path)]
    juju.cli("deploy", str(BUNDLES / "dataops.yaml"), *words)
    if with_customer:
        config = {"topic": "orders", "extra-user-roles": "producer,consumer"}
        juju.deploy(charm("data-access"), "customer", config=config)
        juju.integrate("customer:kafka", "kafka:kafka-client")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=PATIENCE, delay=2)
    return juju


def customer(model: jubilant.Juju) -> pipeline.Credentials:
    """The customer's credentials, once its topic is there."""
    access = pipeline.credentials(model, "customer")
    feed.partitions(access)
    return access


@contextlib.contextmanager
def writing(access: pipeline.Credentials) -> Iterator[Writer]:
    """Somebody who writes meanwhile, and finds every acknowledged record afterwards."""
    already = set(read_all(access))
    with Writer(access, first=len(already)) as writer:
        yield writer
    nothing_lost(writer, read_all(access))
