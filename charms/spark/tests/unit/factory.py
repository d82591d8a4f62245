# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Facts for tests: a leader that has everything, to be changed where a test says so."""

from pathlib import Path
from typing import Any

from agreement import Agreement, Placement
from dataops.interfaces.kafka_client import Access
from observed import Observed
from options import Config

# The job that the bundle ships is the one to hold the charm against.
SAMPLE = (Path(__file__).parents[4] / "bundles" / "jobs" / "flights-hourly.yaml").read_text()
AGREEMENT = Agreement(
    master="10.0.0.1",
    secret="secret:shared",
    jobs=SAMPLE,
    placements={"flights-hourly": Placement(unit="spark/0", slot=0)},
)


def access(topic: str, **fields: Any) -> Access:
    """What Kafka grants for a topic."""
    values: dict[str, Any] = {
        "topic": topic,
        "endpoints": "10.0.0.9:9093",
        "username": f"relation-1-{topic}",
        "password": f"password of {topic}",
        "tls": True,
        "tls_ca": "-----BEGIN CERTIFICATE-----\nCA\n-----END CERTIFICATE-----",
        "consumer_group_prefix": f"relation-1-{topic}-",
    }
    return Access(**{**values, **fields})


def observed(data: Path | None = Path("/data"), **fields: Any) -> Observed:
    """The facts of spark/0, the leader, with one declared job and its credentials."""
    values: dict[str, Any] = {
        "unit": "spark/0",
        "application": "spark",
        "address": "10.0.0.1",
        "leader": True,
        "addresses": {"spark/0": "10.0.0.1"},
        "config": Config(),
        "jobs_text": SAMPLE,
        "agreement": AGREEMENT,
        "secret": "shared secret",
        "kafka_related": True,
        "accesses": {topic: access(topic) for topic in ("flights", "flights-hourly")},
        "data": data,
    }
    return Observed(**{**values, **fields})
