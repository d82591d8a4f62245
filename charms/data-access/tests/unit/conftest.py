# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the charm's sources where Juju puts them; facts and brokers for every test."""

import pathlib
import sys

import pytest

UNIT = pathlib.Path(__file__).parent
sys.path[:0] = [str(UNIT.parents[1] / "src"), str(UNIT)]

from samples import Broker  # noqa: E402  only now it can be found


@pytest.fixture
def broker():
    """Makes brokers that answer on a port of their own, with TLS or without."""
    made: list[Broker] = []

    def make(**how) -> Broker:
        made.append(Broker(**how))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def facts():
    """Makes facts: a granted topic, unless told otherwise."""
    from dataops.interfaces.kafka_client import Access
    from observed import Config, Observed

    config = Config(topic="flights", extra_user_roles="producer,consumer")
    access = Access(
        topic="flights", endpoints="10.1.2.3:9093", username="relation-7", password="hidden"
    )

    def make(**changes) -> Observed:
        given = {"application": "data-access", "config": config, "related": "kafka"}
        return Observed(**{**given, "access": access, **changes})

    return make
