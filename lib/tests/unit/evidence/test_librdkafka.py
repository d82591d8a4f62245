# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The meter with the real client library, against the brokers that librdkafka brings for tests."""

import secrets
import threading
import time

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from dataops.evidence import Limits, Phase
from dataops.evidence.meter.client import Library
from dataops.evidence.meter.meter import Meter
from dataops.evidence.meter.orders import Login, Orders, Report
from dataops.evidence.meter.topic import _name

# These brokers know neither TLS nor users.
PLAIN = {"security.protocol": "PLAINTEXT"}
LIBRARY = Library(
    producer=lambda config: Producer({**config, **PLAIN}),
    consumer=lambda config: Consumer({**config, **PLAIN}),
    admin=lambda config: AdminClient({**config, **PLAIN}),
)


@pytest.fixture
def brokers():
    """Where three brokers listen that have the canary's topic already; they cannot make one."""
    owner = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 3, "log_level": 0})
    found = owner.list_topics(timeout=60).brokers
    name = _name("canary-", sorted(found))
    deadline = time.monotonic() + 60
    while not owner.list_topics(name, timeout=60).topics[name].partitions:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found.values())


def test_from_before_to_after(tmp_path, brokers):
    login = Login(endpoints=brokers, username="u", password="p", topics="canary-", group="g")
    limits = Limits.model_validate({"before": "2s", "after": "2s"})
    orders = Orders(
        run=secrets.randbits(63), deadline=time.time() + 600, limits=limits, login=login
    )
    orders.write(tmp_path)
    meter = Meter(tmp_path, ring=lambda: None, library=LIBRARY)
    thread = threading.Thread(target=meter.run)
    thread.start()
    try:
        for phase in Phase:
            orders.model_copy(update={"phase": phase}).write(tmp_path)
            report = until(tmp_path, lambda r, phase=phase: r.phase is phase and r.settled)
            # Another user: both ends go over while the first are at work.
            orders = orders.model_copy(
                update={"login": login.model_copy(update={"username": phase.value})}
            )
    finally:
        meter.leave()
        thread.join(60)
    assert not thread.is_alive()
    evidence = report.evidence
    assert report.ended and evidence.final
    assert evidence.sent == evidence.acknowledged == evidence.read
    assert (evidence.failed, evidence.lost, evidence.unread) == (0, 0, 0)
    assert (evidence.duplicated, evidence.reordered) == (0, 0)
    assert all(evidence.of(phase).sent for phase in (Phase.BEFORE, Phase.AFTER))
    assert meter._ledger.account.lane == 3


def until(directory, look):
    deadline = time.monotonic() + 120
    while True:
        report = Report.read(directory)
        if report is not None and look(report):
            return report
        assert time.monotonic() < deadline, report
        time.sleep(0.02)
