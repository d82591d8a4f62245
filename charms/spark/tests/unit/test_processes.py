# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Processes that are started, and started anew when they were told something else."""

import socket
from pathlib import Path

import pytest
from factory import AGREEMENT, observed

from cluster import Spark
from dataops.testing import FakeServices
from plan import plan


def test_a_hook_that_died_before_the_restart_is_made_good(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    spark.converge(plan(observed(data)))
    fake_services.unstartable["job-flights-hourly"] = "killed"
    facts = observed(data, secret="another")
    spark.converge(plan(facts))
    assert "killed" in spark.failure
    fake_services.unstartable.clear()
    fake_services.journal.clear()
    spark.converge(plan(facts))
    assert ("start", "job-flights-hourly") in fake_services.journal
    assert spark.failure == ""


def test_sees_a_taken_port(spark: Spark) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert spark.taken("127.0.0.1", port)
    assert not spark.taken("127.0.0.1", port)


def test_a_daemon_whose_port_is_taken_is_not_started(
    spark: Spark, data: Path, fake_services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("processes._PATIENCE_SECONDS", 0)
    with socket.socket() as other:
        place = next(n for n in range(15000, 16000) if listens(other, 7077 + n))
        agreement = AGREEMENT.model_copy(update={"port_offset": place})
        facts = observed(data, address="127.0.0.1", agreement=agreement)
        spark.converge(plan(facts))
        assert spark.failure == f"Cannot start the master: port {7077 + place} is taken: free it"
        assert "master" not in fake_services.running
    spark.converge(plan(facts))
    assert "master" in fake_services.running


def listens(other: socket.socket, port: int) -> bool:
    """Whether the port was free; it now is taken."""
    try:
        other.bind(("127.0.0.1", port))
    except OSError:
        return False
    other.listen()
    return True
